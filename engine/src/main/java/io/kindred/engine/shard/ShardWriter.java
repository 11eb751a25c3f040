package io.kindred.engine.shard;

import io.kindred.engine.segment.ChangeReader.StoredKey;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.RowDraft;
import io.kindred.engine.segment.RowStamp;
import io.kindred.engine.segment.Rows;

/// A shard's rows, as one record finds and replaces them. Owned by the applying thread.
final class ShardWriter {
  private final ShardView view;
  private final Delta active;
  private final long position;
  private final long logTimeMillis;

  /// @param logTimeMillis the record's time, which decides what has expired
  ShardWriter(ShardView view, long position, long logTimeMillis) {
    this.view = view;
    this.active = view.active();
    this.position = position;
    this.logTimeMillis = logTimeMillis;
  }

  /// As [ShardView#locate].
  long locate(StoredKey key) {
    return view.locate(key.slotKey(), key.utf8());
  }

  /// Whether there is a row at a location that has not expired.
  boolean isVisible(long location) {
    return location != ShardView.NOWHERE
        && rows(location).expiryMillis(ShardView.ordinal(location)) > logTimeMillis;
  }

  Rows rows(long location) {
    return view.rows(location);
  }

  Delta.StoredAt storedAt(long location) {
    return new Delta.StoredAt(rows(location), ShardView.ordinal(location));
  }

  /// Milliseconds since 1970, of a row that lives so long from now on.
  long expiryMillis(long timeToLiveMillis) {
    return logTimeMillis + timeToLiveMillis;
  }

  /// Puts a row as the log carries it where another may have been.
  void replace(long location, StoredKey key, RowCursor row) {
    long expiry = row.hasExpiry() ? expiryMillis(row.expiryMillis()) : Long.MAX_VALUE;
    publish(location, key, active.append(row, new RowStamp(position, expiry)));
  }

  /// Puts a row that was made where another may have been.
  void replace(long location, StoredKey key, RowDraft row) {
    publish(location, key, active.append(row, new RowStamp(position, row.expiryMillis())));
  }

  /// Publishes the new row before the old one dies: a reader in between sees one of them, or both,
  /// but never none.
  private void publish(long location, StoredKey key, int ordinal) {
    active.publish(ordinal, key.slotKey(), key.utf8());
    remove(location);
  }

  void remove(long location) {
    if (location != ShardView.NOWHERE) {
      rows(location).markDead(ShardView.ordinal(location));
    }
  }
}
