package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Floats at native addresses, without the checks of a segment per access.
///
/// One constant segment over the whole address space lets the compiler fold its bounds and lifetime
/// checks away; with segments of several classes in use (mapped, anonymous) they cost half of a
/// distance. So a kernel checks each row against its [VectorRows] once, and the caller's lease
/// keeps the memory alive. Immutable.
final class Memory {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();
  static final VectorSpecies<Float> TAIL_SPECIES = FloatVector.SPECIES_128;
  static final int TAIL_LANES = TAIL_SPECIES.length();

  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
  private static final MemorySegment ALL = addressSpace();

  private Memory() {}

  @SuppressWarnings("restricted")
  private static MemorySegment addressSpace() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  static FloatVector load(long address, int index) {
    return FloatVector.fromMemorySegment(
        SPECIES, ALL, address + (long) index * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  static FloatVector load(VectorSpecies<Float> species, long address) {
    return FloatVector.fromMemorySegment(species, ALL, address, ByteOrder.LITTLE_ENDIAN);
  }

  static ByteVector loadBytes(long address) {
    return ByteVector.fromMemorySegment(
        ByteVector.SPECIES_PREFERRED, ALL, address, ByteOrder.LITTLE_ENDIAN);
  }

  static IntVector loadInts(long address) {
    return IntVector.fromMemorySegment(
        IntVector.SPECIES_PREFERRED, ALL, address, ByteOrder.LITTLE_ENDIAN);
  }

  static FloatVector loadTail(long address, int index) {
    return FloatVector.fromMemorySegment(
        TAIL_SPECIES, ALL, address + (long) index * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  /// Brings a cache line into the cache. An acquired read is made even where nobody uses its value.
  static void touch(long address) {
    var _ = (byte) BYTE.getAcquire(ALL, address);
  }

  static void copy(long address, MemorySegment target, long at, long bytes) {
    MemorySegment.copy(ALL, address, target, at, bytes);
  }

  static float get(long address, int index) {
    return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address + (long) index * Float.BYTES);
  }

  static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  static void setByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address);
  }

  static void setInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT, address, value);
  }

  static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG, address);
  }

  static void setLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG, address, value);
  }

  static void setFloat(long address, int index, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address + (long) index * Float.BYTES, value);
  }

  /// Moves memory; the areas may overlap.
  static void move(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  static ByteVector loadBytes(VectorSpecies<Byte> species, long address) {
    return ByteVector.fromMemorySegment(species, ALL, address, ByteOrder.LITTLE_ENDIAN);
  }
}
