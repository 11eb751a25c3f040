package io.kindred.engine.ivf;

import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.CodeKernel;
import java.lang.foreign.MemorySegment;

/// Codes of 8 bits a component: steps between the least and the largest value of that component.
/// Immutable, thread-safe.
final class ByteCodec implements ListCodec {
  private static final int CODE_MAX = 255;

  private final int dimension;

  /// Least value of each component, then the step of each.
  private final float[] parameters;

  private final CodeKernel kernel = CodeKernel.fastest();

  private ByteCodec(int dimension, float[] parameters) {
    this.dimension = dimension;
    this.parameters = parameters;
  }

  static ByteCodec of(int dimension, float[] parameters) {
    assert parameters.length == 2 * dimension : parameters.length;
    return new ByteCodec(dimension, parameters);
  }

  /// Takes the ranges from a sample.
  ///
  /// @param vectors one after the other
  static ByteCodec train(float[] vectors, int dimension) {
    float[] parameters = new float[2 * dimension];
    for (int j = 0; j < dimension; j++) {
      float least = Float.POSITIVE_INFINITY;
      float largest = Float.NEGATIVE_INFINITY;
      for (int at = j; at < vectors.length; at += dimension) {
        least = Math.min(least, vectors[at]);
        largest = Math.max(largest, vectors[at]);
      }
      parameters[j] = least;
      parameters[dimension + j] = (largest - least) / CODE_MAX;
    }
    return new ByteCodec(dimension, parameters);
  }

  @Override
  public int components() {
    return dimension;
  }

  @Override
  public long blockBytes() {
    return CodeBlocks.byteBlockBytes(dimension);
  }

  @Override
  public void toCodeSpace(float[] vector, float[] into) {
    System.arraycopy(vector, 0, into, 0, dimension);
  }

  @Override
  public void encode(float[] residual, byte[] code, float[] scratch) {
    for (int j = 0; j < dimension; j++) {
      float step = parameters[dimension + j];
      float steps = step == 0 ? 0 : (residual[j] - parameters[j]) / step;
      code[j] = (byte) Math.clamp(Math.round(steps), 0, CODE_MAX);
    }
  }

  @Override
  public void decode(byte[] code, float[] into) {
    for (int j = 0; j < dimension; j++) {
      into[j] = parameters[j] + parameters[dimension + j] * (code[j] & 0xff);
    }
  }

  @Override
  public void put(MemorySegment codes, long block, int row, byte[] code) {
    for (int j = 0; j < dimension; j++) {
      CodeBlocks.setByte(codes, block, row, j, code[j]);
    }
  }

  @Override
  public void take(MemorySegment codes, long block, int row, byte[] code) {
    for (int j = 0; j < dimension; j++) {
      code[j] = CodeBlocks.byteAt(codes, block, row, j);
    }
  }

  @Override
  public void prepare(float[] query, float factor, QueryTable table) {
    table.beginBytes(dimension);
    float offset = 0;
    for (int j = 0; j < dimension; j++) {
      offset += query[j] * parameters[j];
      table.weights[j] = factor * query[j] * parameters[dimension + j];
    }
    table.offset = factor * offset;
    table.scale = 1;
  }

  @Override
  public int scan(QueryTable table, BlockScan scan) {
    return kernel.scanBytes(table.weights, scan);
  }

  @Override
  public float[] parameters() {
    return parameters;
  }
}
