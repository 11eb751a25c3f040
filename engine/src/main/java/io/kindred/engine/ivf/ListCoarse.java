package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Compares all centroids, as one list of codes of 8 bits a component that takes a quarter of their
/// memory, and the nearest by their full vectors. Immutable, thread-safe.
final class ListCoarse implements Coarse {
  private final VectorRows centroids;
  private final int listCount;
  private final Kernel kernel;
  private final float factor;
  private final ByteCodec codec;
  private final MemorySegment codes;
  private final MemorySegment terms;

  /// @param arena holds the codes
  ListCoarse(Metric metric, VectorRows centroids, int listCount, Arena arena) {
    this.centroids = centroids;
    this.listCount = listCount;
    kernel = IvfSpace.kernel(metric);
    factor = IvfSpace.factor(metric);
    int dimension = centroids.dimension();
    float[] all = new float[Math.multiplyExact(listCount, dimension)];
    for (int i = 0; i < listCount; i++) {
      centroids.copyTo(i, all, i * dimension);
    }
    codec = ByteCodec.train(all, dimension);
    int blocks = CodeBlocks.blocks(listCount);
    codes = NativeMemory.reserve(blocks * codec.blockBytes(), arena);
    terms = NativeMemory.reserve((long) blocks * CodeBlocks.ROWS * Float.BYTES, arena);
    NativeMemory.adviseHugePages(codes);
    encode(metric);
  }

  private void encode(Metric metric) {
    int dimension = centroids.dimension();
    float[] centroid = new float[dimension];
    byte[] code = new byte[dimension];
    int places = CodeBlocks.blocks(listCount) * CodeBlocks.ROWS;
    for (int place = 0; place < places; place++) {
      float term = Float.POSITIVE_INFINITY;
      if (place < listCount) {
        centroids.copyTo(place, centroid);
        codec.encode(centroid, code, centroid);
        long block = place / CodeBlocks.ROWS * codec.blockBytes();
        codec.put(codes, block, place % CodeBlocks.ROWS, code);
        codec.decode(code, centroid);
        term = metric == Metric.DOT ? 0 : IvfSpace.product(centroid, centroid);
      }
      terms.setAtIndex(ListData.FLOAT, place, term);
    }
  }

  @Override
  public int findNearest(float[] query, int count, IvfScratch scratch) {
    Reservoir nearest = scratch.nearestLists;
    nearest.reset(count);
    QueryTable table = scratch.centroidTable;
    codec.prepare(query, factor, table);
    BlockScan scan = scratch.scan;
    scan.over(codes, terms, centroids.dimension());
    int blocks = CodeBlocks.blocks(listCount);
    for (int block = 0; block < blocks; block += BlockScan.BLOCKS_MAX) {
      scan.blocks(block, Math.min(BlockScan.BLOCKS_MAX, blocks - block));
      scan.distances(table.offset, table.scale, nearest.bound());
      int found = codec.scan(table, scan);
      for (int i = 0; i < found; i++) {
        nearest.add(scan.distance(i), scan.row(i));
      }
    }
    int found = nearest.finish();
    scratch.ensureLists(found);
    for (int i = 0; i < found; i++) {
      scratch.lists[i] = nearest.id(i);
    }
    kernel.score(query, centroids, scratch.lists, found, scratch.listDistances);
    return found;
  }
}
