package io.kindred.engine.segment;

import io.kindred.engine.vector.VectorRows;

/// Looks at vectors one by one. Stateless.
final class VectorVerifier {
  private VectorVerifier() {}

  /// What a vector's place holds.
  enum Content {
    ZERO,
    FINITE,
    DAMAGED;

    /// Whether a row may hold it.
    boolean fits(boolean hasVector, boolean isCosine) {
      return hasVector ? this == FINITE || (this == ZERO && !isCosine) : this == ZERO;
    }
  }

  static Content content(VectorRows vectors, int ordinal) {
    float sum = 0;
    for (float component : vectors.vector(ordinal)) {
      if (!Float.isFinite(component)) {
        return Content.DAMAGED;
      }
      sum = Math.max(sum, Math.abs(component));
    }
    return sum == 0 ? Content.ZERO : Content.FINITE;
  }
}
