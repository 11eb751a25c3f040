package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.FilterParser;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeReader.StoredKey;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.RowMerger;
import io.kindred.engine.segment.RowStamp;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import java.util.ArrayList;
import java.util.List;

/// Decides and makes the changes of one record, from the record and the shard's state alone: the
/// same record on the same state has the same outcome wherever and whenever it is applied.
///
/// Owned by the applying thread, for one record.
final class ChangeApplier {
  private final Schema schema;
  private final ShardView view;
  private final Delta active;
  private final long position;
  private final long logTimeMillis;
  private final RowCursor change;
  private final RowCursor stored;
  private final RowMerger merger;
  private final List<Integer> missing = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private long applied;
  private int stale;

  /// @param logTimeMillis the record's time, which decides what has expired
  ChangeApplier(Schema schema, ShardView view, long position, long logTimeMillis) {
    this.schema = schema;
    this.view = view;
    this.active = view.active();
    this.position = position;
    this.logTimeMillis = logTimeMillis;
    this.change = new RowCursor(schema);
    this.stored = new RowCursor(schema);
    this.merger = new RowMerger(schema);
  }

  Outcome apply(ChangeReader record) {
    switch (record.kind()) {
      case PUT -> {
        for (int i = 0; i < record.count(); i++) {
          record.nextRow(change, schema);
          put(record);
        }
      }
      case UPDATE -> {
        for (int i = 0; i < record.count(); i++) {
          record.nextRow(change, schema);
          update(record);
        }
      }
      case DELETE -> {
        for (int i = 0; i < record.count(); i++) {
          delete(record.nextKey(schema), record.index());
        }
      }
      case DELETE_WHERE ->
          deleteWhere(BoundFilter.bind(FilterParser.parse(record.filter()), schema.spec()));
    }
    return new Outcome(position, applied, stale, missing, rejected);
  }

  private void put(ChangeReader record) {
    StoredKey key = ChangeReader.keyOf(change);
    long location = view.locate(key.slotKey(), key.utf8());
    if (isRefused(record, location)) {
      return;
    }
    long expiry = change.hasExpiry() ? logTimeMillis + change.expiryMillis() : Long.MAX_VALUE;
    int ordinal = active.append(change, new RowStamp(position, expiry));
    replace(location, ordinal, key);
  }

  private void update(ChangeReader record) {
    StoredKey key = ChangeReader.keyOf(change);
    long location = view.locate(key.slotKey(), key.utf8());
    if (isRefused(record, location)) {
      return;
    }
    if (!isVisible(location)) {
      reject(record, ErrorCode.ROW_NOT_FOUND, "id: " + change.key() + " (expected: a stored row)");
      return;
    }
    Rows rows = view.rows(location);
    int storedOrdinal = ShardView.ordinal(location);
    rows.read(storedOrdinal, stored);
    long expiry =
        change.hasExpiry()
            ? logTimeMillis + change.expiryMillis()
            : rows.expiryMillis(storedOrdinal);
    RowStamp stamp = new RowStamp(position, expiry);
    int ordinal;
    try {
      ordinal =
          active.appendMerged(
              merger.merge(stored, change), change, new Delta.StoredAt(rows, storedOrdinal), stamp);
    } catch (KindredException e) {
      reject(record, e.code(), e.getMessage() == null ? e.code().name() : e.getMessage());
      return;
    }
    replace(location, ordinal, key);
  }

  private void delete(StoredKey key, int index) {
    long location = view.locate(key.slotKey(), key.utf8());
    if (isVisible(location)) {
      applied++;
    } else {
      missing.add(index);
    }
    if (location != ShardView.NOWHERE) {
      view.rows(location).markDead(ShardView.ordinal(location));
    }
  }

  private void deleteWhere(BoundFilter filter) {
    for (Rows rows : view.parts()) {
      int size = rows.size();
      for (int ordinal = 0; ordinal < size; ordinal++) {
        if (!rows.isDead(ordinal) && rows.expiryMillis(ordinal) > logTimeMillis) {
          rows.read(ordinal, stored);
          if (filter.matches(stored)) {
            rows.markDead(ordinal);
            applied++;
          }
        }
      }
    }
  }

  /// Publishes the new row before the old one dies: a reader in between sees one of them, or both,
  /// but never none.
  private void replace(long location, int ordinal, StoredKey key) {
    active.publish(ordinal, key.slotKey(), key.utf8());
    if (location != ShardView.NOWHERE) {
      view.rows(location).markDead(ShardView.ordinal(location));
    }
    applied++;
  }

  private boolean isRefused(ChangeReader record, long location) {
    boolean isVisible = isVisible(location);
    Rows rows = isVisible ? view.rows(location) : active;
    int ordinal = ShardView.ordinal(location);
    if (record.hasExpectedVersion()) {
      long version = isVisible ? rows.version(ordinal) : 0;
      if (version != record.expectedVersion()) {
        reject(
            record,
            ErrorCode.VERSION_CONFLICT,
            "expected_version: "
                + record.expectedVersion()
                + " (expected: the stored row's version, "
                + version
                + ", id: "
                + change.key()
                + ")");
        return true;
      }
    }
    if (isVisible && change.hasEventTime()) {
      rows.read(ordinal, stored);
      if (stored.hasEventTime() && stored.eventTimeMicros() > change.eventTimeMicros()) {
        stale++;
        return true;
      }
    }
    return false;
  }

  private boolean isVisible(long location) {
    return location != ShardView.NOWHERE
        && view.rows(location).expiryMillis(ShardView.ordinal(location)) > logTimeMillis;
  }

  private void reject(ChangeReader record, ErrorCode code, String message) {
    rejected.add(new Rejection(record.index(), code, message));
  }
}
