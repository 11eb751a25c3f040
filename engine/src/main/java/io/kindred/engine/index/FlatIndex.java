package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.VectorRows;
import java.util.Map;

/// The exact index: it has nothing but the rows. Immutable, thread-safe.
///
/// Rows without a vector must be refused by the caller's [Pass].
public final class FlatIndex implements VectorIndex {
  private final FlatScan scan;
  private final int rowCount;
  private final long linkedCount;
  private final Map<String, String> parameters;

  /// @param rowCount ordinals `[0, rowCount)` are searched
  /// @param linkedCount how many of them have a vector
  public FlatIndex(Metric metric, VectorRows rows, int rowCount, long linkedCount) {
    this(metric, rows, rowCount, linkedCount, Map.of());
  }

  /// @param parameters what is reported, such as why there is no other index
  public FlatIndex(
      Metric metric,
      VectorRows rows,
      int rowCount,
      long linkedCount,
      Map<String, String> parameters) {
    this.parameters = parameters;
    this.scan = new FlatScan(metric, rows);
    this.rowCount = rowCount;
    this.linkedCount = linkedCount;
  }

  @Override
  public String kind() {
    return "flat";
  }

  @Override
  public long linkedCount() {
    return linkedCount;
  }

  @Override
  public void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    scan.scan(query, 0, rowCount, pass, context, into);
  }

  @Override
  public int efFor(double recall, int k) {
    return k;
  }

  @Override
  public Map<String, String> parameters() {
    return parameters;
  }
}
