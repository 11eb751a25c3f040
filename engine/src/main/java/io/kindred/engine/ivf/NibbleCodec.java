package io.kindred.engine.ivf;

import io.kindred.engine.quantize.ProductQuantizer;
import io.kindred.engine.quantize.Rotation;
import io.kindred.engine.quantize.Workers;
import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.CodeKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Codes of 4 bits for each part of the rotated vector. Immutable, thread-safe.
final class NibbleCodec implements ListCodec {
  private static final int ENTRY_MAX = 255;
  private static final long SEED = 1;

  private final int dimension;
  private final Rotation rotation;
  private final ProductQuantizer quantizer;
  private final CodeKernel kernel = CodeKernel.fastest();

  private NibbleCodec(int dimension, Rotation rotation, ProductQuantizer quantizer) {
    this.dimension = dimension;
    this.rotation = rotation;
    this.quantizer = quantizer;
  }

  static NibbleCodec of(int dimension, int subspaces, float[] parameters) {
    int entries = Rotation.entryCount(dimension);
    assert parameters.length == parameterCount(dimension) : parameters.length;
    return new NibbleCodec(
        dimension,
        Rotation.of(dimension, Arrays.copyOf(parameters, entries)),
        ProductQuantizer.of(
            dimension, subspaces, Arrays.copyOfRange(parameters, entries, parameters.length)));
  }

  static int parameterCount(int dimension) {
    return Rotation.entryCount(dimension) + dimension * ProductQuantizer.CENTROIDS;
  }

  /// Draws a rotation and finds the centroids of the parts.
  ///
  /// @param vectors one after the other; rotated in place
  /// @throws InterruptedException where the calling thread is interrupted
  static NibbleCodec train(float[] vectors, int dimension, int subspaces, Workers workers)
      throws InterruptedException {
    Rotation rotation = Rotation.random(dimension, SEED);
    float[][] before = new float[workers.count()][dimension];
    float[][] after = new float[workers.count()][dimension];
    workers.run(
        vectors.length / dimension,
        (worker, item) -> {
          int at = item * dimension;
          System.arraycopy(vectors, at, before[worker], 0, dimension);
          rotation.apply(before[worker], after[worker]);
          System.arraycopy(after[worker], 0, vectors, at, dimension);
        });
    ProductQuantizer quantizer = ProductQuantizer.train(vectors, dimension, subspaces, workers);
    return new NibbleCodec(dimension, rotation, quantizer);
  }

  @Override
  public int components() {
    return quantizer.subspaces();
  }

  @Override
  public long blockBytes() {
    return CodeBlocks.nibbleBlockBytes(quantizer.subspaces());
  }

  @Override
  public void toCodeSpace(float[] vector, float[] into) {
    rotation.apply(vector, into);
  }

  @Override
  public void encode(float[] residual, byte[] code, float[] scratch) {
    quantizer.encode(residual, code, scratch);
  }

  @Override
  public void decode(byte[] code, float[] into) {
    quantizer.decode(code, into);
  }

  @Override
  public void put(MemorySegment codes, long block, int row, byte[] code) {
    for (int m = 0; m < quantizer.subspaces(); m++) {
      CodeBlocks.setNibble(codes, block, row, m, code[m]);
    }
  }

  @Override
  public void take(MemorySegment codes, long block, int row, byte[] code) {
    for (int m = 0; m < quantizer.subspaces(); m++) {
      code[m] = (byte) CodeBlocks.nibble(codes, block, row, m);
    }
  }

  /// Entries are whole steps above the least of their component: of all components together so many
  /// that a sum fits into 16 bits.
  @Override
  public void prepare(float[] query, float factor, QueryTable table) {
    int subspaces = quantizer.subspaces();
    table.beginNibbles(dimension, subspaces);
    rotation.apply(query, table.rotated);
    float[] products = table.products;
    quantizer.products(table.rotated, products);
    int count = subspaces * ProductQuantizer.CENTROIDS;
    float widest = 0;
    float widths = 0;
    float offset = 0;
    for (int at = 0; at < count; at += ProductQuantizer.CENTROIDS) {
      float least = Float.POSITIVE_INFINITY;
      float largest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < ProductQuantizer.CENTROIDS; c++) {
        float value = factor * products[at + c];
        products[at + c] = value;
        least = Math.min(least, value);
        largest = Math.max(largest, value);
      }
      for (int c = 0; c < ProductQuantizer.CENTROIDS; c++) {
        products[at + c] -= least;
      }
      offset += least;
      widest = Math.max(widest, largest - least);
      widths += largest - least;
    }
    // Each entry may be rounded up by half a step.
    float step = Math.max(widest / ENTRY_MAX, widths / (CodeKernel.TABLE_SUM_MAX - subspaces));
    float steps = step == 0 ? 0 : 1 / step;
    for (int i = 0; i < count; i++) {
      table.entries[i] = (byte) (int) (products[i] * steps + 0.5f);
    }
    table.offset = offset;
    table.scale = step;
  }

  @Override
  public int scan(QueryTable table, BlockScan scan) {
    return kernel.scanNibbles(table.entries, scan);
  }

  @Override
  public float[] parameters() {
    float[] entries = rotation.entries();
    float[] codebooks = quantizer.codebooks();
    float[] both = Arrays.copyOf(entries, entries.length + codebooks.length);
    System.arraycopy(codebooks, 0, both, entries.length, codebooks.length);
    return both;
  }
}
