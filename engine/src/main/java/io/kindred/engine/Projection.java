package io.kindred.engine;

/// Which parts of a row a read returns, besides its key and version.
public enum Projection {
  KEY,
  FIELDS,
  VECTORS,
  ALL;

  public boolean hasFields() {
    return this == FIELDS || this == ALL;
  }

  public boolean hasVectors() {
    return this == VECTORS || this == ALL;
  }

  public static Projection of(boolean fields, boolean vectors) {
    return fields ? (vectors ? ALL : FIELDS) : (vectors ? VECTORS : KEY);
  }
}
