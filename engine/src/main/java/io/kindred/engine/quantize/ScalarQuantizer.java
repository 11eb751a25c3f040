package io.kindred.engine.quantize;

import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.CodeRows.Comparison;
import io.kindred.engine.vector.CodeRows.Format;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Rounds the components of vectors to a few bits. Immutable, thread-safe.
///
/// Under l2 and cosine all components share one step, counted from the mean vector, so that the
/// distance of codes is the distance of vectors but for the rounding; the few components that are
/// far out are cut off. Cosine takes vectors at unit length, where it and l2 agree on what is near.
/// Under the inner product each vector has a step of its own, as short and long ones must be
/// equally exact. A query's step is as fine as its components allow.
public final class ScalarQuantizer {
  /// The share of components that is cut off.
  private static final double TAIL = 0.001;

  private static final int SAMPLE_MAX = 4_000;
  private static final int QUERY_CODE_MAX = 127;
  private static final int BLOCK = CodeRows.ALIGNMENT;

  private final Metric metric;
  private final Format format;
  private final float[] mean;
  private final float step;

  /// @param mean of the vectors, the dimension long; zeros under the inner product
  /// @param step between two codes, above 0; not used under the inner product and for floats
  public ScalarQuantizer(Metric metric, Quantization quantization, float[] mean, float step) {
    this.metric = metric;
    this.format =
        switch (quantization) {
          case NONE -> Format.F32;
          case SQ8 -> Format.U8;
          case SQ4 -> Format.U4;
        };
    this.mean = mean;
    this.step = step;
  }

  /// Fits mean and step to some of the rows.
  ///
  /// @param sample row numbers; at most 4,000 of them are used
  public static ScalarQuantizer train(
      Metric metric, Quantization quantization, VectorRows rows, int[] sample) {
    int dimension = rows.dimension();
    float[] mean = new float[dimension];
    if (metric == Metric.DOT || quantization == Quantization.NONE || sample.length == 0) {
      return new ScalarQuantizer(metric, quantization, mean, 1);
    }
    int count = Math.min(sample.length, SAMPLE_MAX);
    float[] values = new float[count * dimension];
    double[] sums = new double[dimension];
    float[] vector = new float[dimension];
    for (int i = 0; i < count; i++) {
      rows.copyTo(sample[(int) ((long) i * sample.length / count)], vector);
      if (metric == Metric.COSINE) {
        scaleToUnit(vector);
      }
      System.arraycopy(vector, 0, values, i * dimension, dimension);
      for (int j = 0; j < dimension; j++) {
        sums[j] += vector[j];
      }
    }
    for (int j = 0; j < dimension; j++) {
      mean[j] = (float) (sums[j] / count);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i] - mean[i % dimension]);
    }
    Arrays.sort(values);
    float range = values[(int) ((values.length - 1) * (1 - TAIL))];
    if (range == 0) {
      // Nearly all components are equal: the widest one decides.
      range = values[values.length - 1];
    }
    float step = range / (quantization == Quantization.SQ8 ? 127 : 7);
    return new ScalarQuantizer(metric, quantization, mean, step > 0 ? step : 1);
  }

  /// Makes a vector unit length; zero stays zero.
  private static void scaleToUnit(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float scale = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
  }

  public Format format() {
    return format;
  }

  public float[] mean() {
    return mean.clone();
  }

  public float step() {
    return step;
  }

  /// How its codes are compared.
  public Comparison comparison() {
    return switch (metric) {
      case L2 -> Comparison.L2;
      case DOT -> Comparison.DOT;
      case COSINE -> format == Format.F32 ? Comparison.DOT : Comparison.L2;
    };
  }

  /// Bytes of one vector's codes; for float rows, which have no codes of their own, those of the
  /// row.
  public long strideBytes() {
    return CodeRows.strideBytes(format, mean.length);
  }

  /// Writes the codes of a vector; none for floats.
  ///
  /// @param vector changed under cosine
  /// @param codes zero-filled from `at` on, `strideBytes` long
  /// @return the factor of the row
  public float encode(float[] vector, MemorySegment codes, long at) {
    if (format == Format.F32) {
      return metric == Metric.COSINE ? inverseLength(vector) : 1;
    }
    if (metric == Metric.COSINE) {
      scaleToUnit(vector);
    }
    int most = format == Format.U8 ? 127 : 7;
    float rowStep = metric == Metric.DOT ? largest(vector) / most : step;
    float inverse = rowStep > 0 ? 1 / rowStep : 0;
    long squares = 0;
    int padded = (int) (format == Format.U8 ? strideBytes() : 2 * strideBytes());
    for (int i = 0; i < padded; i++) {
      int code = 0;
      if (i < vector.length) {
        code = Math.clamp(Math.round((vector[i] - mean[i]) * inverse), -most, most);
        squares += (long) code * code;
      }
      put(codes, at, i, code);
    }
    return metric == Metric.DOT ? rowStep : squares;
  }

  private void put(MemorySegment codes, long at, int component, int code) {
    if (format == Format.U8) {
      codes.set(ValueLayout.JAVA_BYTE, at + component, (byte) (code + 128));
      return;
    }
    int block = component / (2 * BLOCK);
    int place = component % BLOCK;
    boolean isHigh = component / BLOCK % 2 == 1;
    long offset = at + (long) block * BLOCK + place;
    int other = codes.get(ValueLayout.JAVA_BYTE, offset);
    int both = isHigh ? (other & 15) | ((code + 8) << 4) : (other & 0xf0) | (code + 8);
    codes.set(ValueLayout.JAVA_BYTE, offset, (byte) both);
  }

  private static float inverseLength(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
  }

  private static float largest(float[] vector) {
    float largest = 0;
    for (float value : vector) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /// Makes a vector the walk's query.
  ///
  /// @param query of unit length under cosine
  public void encodeQuery(float[] query, Walk walk) {
    MemorySegment codes = walk.query();
    int dimension = mean.length;
    if (format == Format.F32) {
      MemorySegment.copy(query, 0, codes, ValueLayout.JAVA_FLOAT, 0, dimension);
      for (int i = dimension; i < strideBytes() / Float.BYTES; i++) {
        codes.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
      }
      walk.setQuery(1, 0, 0);
      return;
    }
    // In steps of the rows; under the inner product the step is the row's, and in its factor.
    float inverse = metric == Metric.DOT ? 1 : 1 / step;
    float largest = 0;
    float squares = 0;
    for (int i = 0; i < dimension; i++) {
      float value = (query[i] - mean[i]) * inverse;
      largest = Math.max(largest, Math.abs(value));
      squares = Math.fma(value, value, squares);
    }
    float scale = largest > 0 ? largest / QUERY_CODE_MAX : 1;
    float toCode = inverse / scale;
    int sum = 0;
    int padded = (int) (format == Format.U8 ? strideBytes() : 2 * strideBytes());
    for (int i = 0; i < dimension; i++) {
      int code = Math.round((query[i] - mean[i]) * toCode);
      sum += code;
      codes.set(ValueLayout.JAVA_BYTE, i, (byte) code);
    }
    for (int i = dimension; i < padded; i++) {
      codes.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
    }
    walk.setQuery(scale, squares, (format == Format.U8 ? 128 : 8) * sum);
  }
}
