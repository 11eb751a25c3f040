package io.kindred.engine;

/// How the nearness of two vectors is measured, and what a search reports as the score.
public enum Metric {
  /// Squared Euclidean distance; lower is nearer.
  L2,
  /// Inner product; higher is nearer.
  DOT,
  /// Cosine similarity, -1 to 1; higher is nearer. A zero vector is refused.
  COSINE;

  /// Whether a higher score is nearer.
  public boolean isSimilarity() {
    return this != L2;
  }
}
