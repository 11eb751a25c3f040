package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.FilterParser;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeReader.StoredKey;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.RowDraft;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.RowOutcomes.RowPlace;

/// Decides and makes the changes of one record, from the record and the shard's state alone: the
/// same record on the same state has the same outcome wherever and whenever it is applied.
///
/// Owned by the applying thread, for one record.
final class ChangeApplier {
  private final Schema schema;
  private final ShardView view;
  private final long logTimeMillis;
  private final ShardWriter shard;
  private final RowOutcomes outcomes;
  private final RowCursor change;
  private final RowCursor stored;

  /// @param logTimeMillis the record's time, which decides what has expired
  ChangeApplier(Schema schema, ShardView view, long logTimeMillis, RowOutcomes outcomes) {
    this.schema = schema;
    this.view = view;
    this.logTimeMillis = logTimeMillis;
    this.shard = new ShardWriter(view, outcomes.position(), logTimeMillis);
    this.outcomes = outcomes;
    this.change = new RowCursor(schema);
    this.stored = new RowCursor(schema);
  }

  void apply(ChangeReader record) {
    switch (record.kind()) {
      case PUT -> put(record);
      case UPDATE -> update(record);
      case MERGE -> new MergeApplier(schema, shard, outcomes).apply(record);
      case DELETE -> delete(record);
      case DELETE_WHERE -> deleteWhere(record);
    }
  }

  private void put(ChangeReader record) {
    for (int i = 0; i < record.count(); i++) {
      record.nextRow(change, schema);
      RowPlace place = outcomes.place(record);
      if (!outcomes.isRepeated(place)) {
        put(record, place);
      }
    }
  }

  private void put(ChangeReader record, RowPlace place) {
    StoredKey key = ChangeReader.keyOf(change);
    long location = shard.locate(key);
    if (!isRefused(record, place, location)) {
      shard.replace(location, key, change);
      outcomes.applied();
    }
  }

  private void update(ChangeReader record) {
    RowDraft draft = new RowDraft(schema);
    for (int i = 0; i < record.count(); i++) {
      record.nextRow(change, schema);
      RowPlace place = outcomes.place(record);
      if (!outcomes.isRepeated(place)) {
        update(record, place, draft);
      }
    }
  }

  private void update(ChangeReader record, RowPlace place, RowDraft draft) {
    StoredKey key = ChangeReader.keyOf(change);
    long location = shard.locate(key);
    if (isRefused(record, place, location)) {
      return;
    }
    if (!shard.isVisible(location)) {
      outcomes.reject(
          place, ErrorCode.ROW_NOT_FOUND, "id: " + change.key() + " (expected: a stored row)");
      return;
    }
    draft.begin(key, shard.storedAt(location), stored);
    if (change.hasExpiry()) {
      draft.setExpiryMillis(shard.expiryMillis(change.expiryMillis()));
    }
    try {
      draft.assign(change);
      draft.requireSize();
    } catch (KindredException e) {
      outcomes.reject(place, e.code(), e.getMessage());
      return;
    }
    shard.replace(location, key, draft);
    outcomes.applied();
  }

  private void delete(ChangeReader record) {
    for (int i = 0; i < record.count(); i++) {
      StoredKey key = record.nextKey(schema);
      RowPlace place = outcomes.place(record);
      if (!outcomes.isRepeated(place)) {
        delete(key, place);
      }
    }
  }

  private void delete(StoredKey key, RowPlace place) {
    long location = shard.locate(key);
    if (shard.isVisible(location)) {
      outcomes.applied();
    } else {
      outcomes.missing(place);
    }
    shard.remove(location);
  }

  private void deleteWhere(ChangeReader record) {
    BoundFilter filter = BoundFilter.bind(FilterParser.parse(record.nextFilter()), schema.spec());
    if (outcomes.isRepeated(outcomes.place(record))) {
      return;
    }
    for (Rows rows : view.parts()) {
      int size = rows.size();
      for (int ordinal = 0; ordinal < size; ordinal++) {
        if (!rows.isDead(ordinal) && rows.expiryMillis(ordinal) > logTimeMillis) {
          rows.read(ordinal, stored);
          if (filter.matches(stored)) {
            rows.markDead(ordinal);
            outcomes.applied();
          }
        }
      }
    }
  }

  private boolean isRefused(ChangeReader record, RowPlace place, long location) {
    boolean isVisible = shard.isVisible(location);
    if (record.hasExpectedVersion()) {
      long version = isVisible ? shard.rows(location).version(ShardView.ordinal(location)) : 0;
      if (version != record.expectedVersion()) {
        outcomes.reject(
            place,
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
      shard.rows(location).read(ShardView.ordinal(location), stored);
      if (stored.hasEventTime() && stored.eventTimeMicros() > change.eventTimeMicros()) {
        outcomes.stale();
        return true;
      }
    }
    return false;
  }
}
