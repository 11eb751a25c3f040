package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.Walk;

/// Exact search: every passing row is compared. Immutable, thread-safe.
public record FlatScan(Metric metric, VectorRows rows) {

  /// Offers the passing rows of `[from, to)`.
  ///
  /// @param query as prepared by [SearchContext#begin]
  public void scan(float[] query, int from, int to, Pass pass, SearchContext context, TopK into) {
    if (pass.equals(Pass.ALL)) {
      scanAll(query, from, to, context, into);
      return;
    }
    PassBits bits = pass.bits();
    if (bits != null) {
      scan(query, bits, from, to, pass, context, into);
      return;
    }
    int[] ordinals = context.ordinals;
    int count = 0;
    for (int ordinal = from; ordinal < to; ordinal++) {
      if (pass.test(ordinal)) {
        ordinals[count++] = ordinal;
        if (count == SearchContext.BLOCK) {
          score(query, count, context, into);
          count = 0;
        }
      }
    }
    score(query, count, context, into);
  }

  /// Offers the passing ones of listed rows.
  public void scan(
      float[] query, int[] listed, int listedCount, Pass pass, SearchContext context, TopK into) {
    int[] ordinals = context.ordinals;
    int count = 0;
    for (int i = 0; i < listedCount; i++) {
      if (pass.test(listed[i])) {
        ordinals[count++] = listed[i];
        if (count == SearchContext.BLOCK) {
          score(query, count, context, into);
          count = 0;
        }
      }
    }
    score(query, count, context, into);
  }

  /// Offers the passing ones of a list.
  public void scan(float[] query, OrdinalList list, Pass pass, SearchContext context, TopK into) {
    int[] listed = context.listed;
    int count;
    for (int from = 0; from < list.count(); from += count) {
      count = list.copy(from, listed);
      scan(query, listed, count, pass, context, into);
    }
  }

  private void scan(
      float[] query, PassBits bits, int from, int to, Pass pass, SearchContext context, TopK into) {
    int[] listed = context.listed;
    int next = from;
    while (next < to) {
      int count = bits.copy(next, listed);
      if (count == 0) {
        return;
      }
      next = listed[count - 1] + 1;
      while (count > 0 && listed[count - 1] >= to) {
        count--;
      }
      scan(query, listed, count, pass, context, into);
    }
  }

  private void scanAll(float[] query, int from, int to, SearchContext context, TopK into) {
    float[] distances = context.distances;
    int count;
    for (int start = from; start < to; start += count) {
      count = Math.min(SearchContext.BLOCK, to - start);
      Kernel.of(metric).scan(query, rows, start, count, distances);
      for (int i = 0; i < count; i++) {
        into.offer(distances[i], start + i);
      }
      context.visitedCount += count;
    }
  }

  private void score(float[] query, int count, SearchContext context, TopK into) {
    int[] ordinals = context.ordinals;
    Walk walk = context.walk();
    walk.setFloats(query, rows.dimension());
    for (int i = 0; i < count; i++) {
      walk.setId(i, rows.requireInside(ordinals[i]));
    }
    GraphKernel.best().scoreFloats(metric, rows, walk, count);
    for (int i = 0; i < count; i++) {
      into.offer(walk.distance(i), ordinals[i]);
    }
    context.visitedCount += count;
  }
}
