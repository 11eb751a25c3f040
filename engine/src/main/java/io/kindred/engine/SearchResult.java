package io.kindred.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nearest rows, nearest first, and how they were found. Immutable.
///
/// @param explanation null unless the request asked for it
public record SearchResult(List<Match> matches, Stats stats, @Nullable Explanation explanation) {

  /// @param score the similarity (dot, cosine: higher is nearer) or squared distance (l2)
  /// @param row holds what the request's projection asked for
  public record Match(float score, StoredRow row) {
    public Key key() {
      return row.key();
    }
  }

  /// @param visited vectors compared
  /// @param path the most thorough way that any shard took, in this order: `flat`, `graph`,
  ///   `partition_graph`, `filtered_graph`, `lists`, `codes`, `partition`, `matching`, `exact`
  /// @param version the table version that answered
  public record Stats(long visited, String path, long tookNanos, String version) {}
}
