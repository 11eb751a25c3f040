package io.kindred.engine.index;

/// Which ordinals may be returned by a search: alive, not expired, not excluded, matching the
/// filter. Owned by the searching thread.
public interface Pass {
  Pass ALL = ordinal -> true;

  boolean test(int ordinal);
}
