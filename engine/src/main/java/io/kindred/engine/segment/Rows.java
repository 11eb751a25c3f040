package io.kindred.engine.segment;

import io.kindred.engine.vector.VectorRows;
import org.jspecify.annotations.Nullable;

/// Rows by ordinal, of a base or of a delta. Ordinals that were published stay as they are; only
/// whether a row is dead changes, once.
///
/// Reads are thread-safe and lock-free; the caller holds a lease on the memory.
public sealed interface Rows permits Base, Delta {
  /// Ordinals from 0 up to here are published.
  int size();

  /// The newest ordinal of a key, dead or alive, or -1.
  ///
  /// @param slotKey see [KeyHash#slotKey]
  /// @param utf8 the bytes of a text key; null for a number
  int find(long slotKey, byte @Nullable [] utf8);

  /// Whether the row was replaced or deleted.
  boolean isDead(int ordinal);

  /// Rows that were replaced or deleted.
  int deadCount();

  /// Owned by the applying thread.
  void markDead(int ordinal);

  VectorRows vectors(int field);

  boolean hasVector(int field, int ordinal);

  /// Whether any row may have no vector of the field.
  boolean mayLackVector(int field);

  /// Whether any row has an expiry.
  boolean mayExpire();

  /// Milliseconds since 1970, or `Long.MAX_VALUE`.
  long expiryMillis(int ordinal);

  long version(int ordinal);

  /// Moves the cursor to a row.
  void read(int ordinal, RowCursor cursor);
}
