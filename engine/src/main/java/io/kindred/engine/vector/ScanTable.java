package io.kindred.engine.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What one query makes of codes: entries for nibbles, or weights for bytes. Owned by the searching
/// thread; allocates only for more components than ever before.
///
/// Weights are kept as floats and, for kernels that multiply whole numbers, as int8 steps; codes
/// are then taken to lie around [#MIDDLE], which is where the rounding of the steps adds up to
/// nothing.
public final class ScanTable {
  /// Entries of a component of nibbles.
  public static final int ENTRIES = 16;

  /// The middle of a component's codes.
  private static final int MIDDLE = 128;

  private static final int STEPS_MAX = 127;
  private static final int ALIGNMENT = 64;

  // Kept here, as native code knows them by their addresses only.
  private MemorySegment entries = MemorySegment.NULL;
  private MemorySegment weights = MemorySegment.NULL;
  private MemorySegment steps = MemorySegment.NULL;

  private float step;
  private float rest;

  /// Sets the entries of nibbles: [#ENTRIES] unsigned bytes for each component, whose largest add
  /// up to at most [CodeKernel#TABLE_SUM_MAX].
  public void setEntries(byte[] values, int components) {
    int padded = CodeBlocks.paddedComponents(components);
    if (entries.byteSize() < (long) padded * ENTRIES) {
      entries = Arena.ofAuto().allocate((long) padded * ENTRIES, ALIGNMENT);
    }
    int count = components * ENTRIES;
    MemorySegment.copy(values, 0, entries, ValueLayout.JAVA_BYTE, 0, count);
    for (int i = count; i < padded * ENTRIES; i++) {
      entries.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
    }
  }

  /// Sets the weights of bytes, one for each component.
  public void setWeights(float[] values, int components) {
    int padded = CodeBlocks.paddedComponents(components);
    if (steps.byteSize() < padded) {
      weights = Arena.ofAuto().allocate((long) padded * Float.BYTES, ALIGNMENT);
      steps = Arena.ofAuto().allocate(padded, ALIGNMENT);
    }
    float largest = 0;
    for (int i = 0; i < components; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    step = largest == 0 ? 1 : largest / STEPS_MAX;
    float inverse = 1 / step;
    double lost = 0;
    for (int i = 0; i < padded; i++) {
      float weight = i < components ? values[i] : 0;
      int rounded = Math.round(weight * inverse);
      lost += weight - (double) rounded * step;
      weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, weight);
      steps.set(ValueLayout.JAVA_BYTE, i, (byte) rounded);
    }
    rest = (float) (MIDDLE * lost);
  }

  /// What a sum of steps is to be multiplied with.
  float step() {
    return step;
  }

  /// What is to be added to a sum of steps, in units of weights.
  float rest() {
    return rest;
  }

  MemorySegment entries() {
    return entries;
  }

  MemorySegment weights() {
    return weights;
  }

  MemorySegment steps() {
    return steps;
  }
}
