package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.quantize.Points;
import io.kindred.engine.vector.CodeBlocks;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Writes the codes and terms of lists. Owned by one worker thread; lists share no block.
final class ListEncoder {
  private static final int SCRATCH = 16;

  private final Points points;
  private final Metric metric;
  private final ListData data;
  private final ListCodec codec;
  private final @Nullable ListData kept;
  private final MemorySegment keptPlaces;
  private final float[] vector;
  private final float[] centroid;
  private final float[] rotatedCentroid;
  private final float[] residual;
  private final byte[] code;
  private final float[] scratch = new float[SCRATCH];

  /// @param kept lists of the same centroids and codec, whose codes are copied; or null
  /// @param keptPlaces int32 by row: its place in them, or [ListData#NONE]
  ListEncoder(
      Points points,
      Metric metric,
      ListData data,
      @Nullable ListData kept,
      MemorySegment keptPlaces) {
    this.points = points;
    this.metric = metric;
    this.data = data;
    codec = data.codec();
    this.kept = kept;
    this.keptPlaces = keptPlaces;
    int dimension = points.dimension();
    vector = new float[dimension];
    centroid = new float[dimension];
    rotatedCentroid = new float[dimension];
    residual = new float[dimension];
    code = new byte[codec.components()];
  }

  /// Writes one list.
  void encode(int list) {
    data.centroids().copyTo(list, centroid);
    codec.toCodeSpace(centroid, rotatedCentroid);
    int end = data.endBlock(list) * CodeBlocks.ROWS;
    for (int place = data.firstBlock(list) * CodeBlocks.ROWS; place < end; place++) {
      int ordinal = data.ordinal(place);
      if (ordinal == ListData.NONE) {
        return;
      }
      int before = keptPlaces.getAtIndex(ListData.INT, ordinal);
      float term;
      if (kept != null && before >= 0) {
        codec.take(kept.codes(), block(before), before % CodeBlocks.ROWS, code);
        term = kept.terms().getAtIndex(ListData.FLOAT, before);
      } else {
        term = encodeRow(ordinal);
      }
      codec.put(data.codes(), block(place), place % CodeBlocks.ROWS, code);
      data.terms().setAtIndex(ListData.FLOAT, place, term);
    }
  }

  private long block(int place) {
    return place / CodeBlocks.ROWS * codec.blockBytes();
  }

  /// @return the row's term
  private float encodeRow(int ordinal) {
    points.copy(ordinal, vector, 0);
    for (int j = 0; j < vector.length; j++) {
      vector[j] -= centroid[j];
    }
    codec.toCodeSpace(vector, residual);
    codec.encode(residual, code, scratch);
    if (metric == Metric.DOT) {
      return 0;
    }
    codec.decode(code, residual);
    float term =
        IvfSpace.product(residual, residual) + 2 * IvfSpace.product(rotatedCentroid, residual);
    // Beyond what a float holds, a row is as far as can be.
    return Float.isFinite(term) ? term : Float.MAX_VALUE;
  }
}
