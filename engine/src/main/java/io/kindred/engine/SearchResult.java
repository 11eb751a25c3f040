package io.kindred.engine;

import java.util.List;

/// The nearest rows, nearest first, and how they were found. Immutable.
public record SearchResult(List<Match> matches, Stats stats) {

  /// @param score the similarity (dot, cosine: higher is nearer) or squared distance (l2)
  /// @param row holds what the request's projection asked for
  public record Match(float score, StoredRow row) {
    public Key key() {
      return row.key();
    }
  }

  /// @param visited vectors compared
  /// @param path `flat`, `graph`, or `exact` (where a graph was not worth it, or not enough)
  /// @param version the table version that answered
  public record Stats(long visited, String path, long tookNanos, String version) {}
}
