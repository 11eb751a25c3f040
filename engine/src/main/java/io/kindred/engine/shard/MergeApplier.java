package io.kindred.engine.shard;

import io.kindred.engine.KindredException;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeReader.StoredKey;
import io.kindred.engine.segment.MergeReader;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.RowDraft;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.RowOutcomes.RowPlace;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Merges what a record has for each row: all of one key, in their order, before the row is
/// written, once. What comes out is as if each had been written by itself. Owned by the applying
/// thread, for one record.
final class MergeApplier {
  private final Schema schema;
  private final ShardWriter shard;
  private final RowOutcomes outcomes;
  private final RowCursor cursor;
  private final RowDraft draft;

  MergeApplier(Schema schema, ShardWriter shard, RowOutcomes outcomes) {
    this.schema = schema;
    this.shard = shard;
    this.outcomes = outcomes;
    this.cursor = new RowCursor(schema);
    this.draft = new RowDraft(schema);
  }

  private record Merge(MergeReader content, RowPlace place) {}

  /// Merges for one row, in their order.
  private record MergesOfRow(StoredKey key, List<Merge> merges) {}

  void apply(ChangeReader record) {
    Map<Object, MergesOfRow> rows = LinkedHashMap.newLinkedHashMap(record.count());
    for (int i = 0; i < record.count(); i++) {
      MergeReader content = record.nextMerge(schema);
      RowPlace place = outcomes.place(record);
      if (!outcomes.isRepeated(place)) {
        StoredKey key = content.key();
        byte[] utf8 = key.utf8();
        rows.computeIfAbsent(
                utf8 == null ? (Object) key.slotKey() : ByteBuffer.wrap(utf8),
                _ -> new MergesOfRow(key, new ArrayList<>(1)))
            .merges()
            .add(new Merge(content, place));
      }
    }
    rows.values().forEach(this::apply);
  }

  private void apply(MergesOfRow row) {
    long location = shard.locate(row.key());
    boolean isThere = shard.isVisible(location);
    boolean isChanged = false;
    if (isThere) {
      draft.begin(row.key(), shard.storedAt(location), cursor);
    } else {
      draft.begin(row.key());
    }
    for (Merge merge : row.merges()) {
      if (!isThere && merge.content().onlyMovesTime()) {
        outcomes.missing(merge.place());
      } else if (apply(merge, isThere)) {
        isThere = true;
        isChanged = true;
      }
    }
    if (isChanged) {
      shard.replace(location, row.key(), draft);
    }
  }

  /// @return whether the row was changed
  private boolean apply(Merge merge, boolean isThere) {
    draft.mark();
    MergeReader.Effect effect;
    try {
      effect = merge.content().mergeInto(draft);
    } catch (KindredException e) {
      draft.reset();
      outcomes.reject(merge.place(), e.code(), e.getMessage());
      return false;
    }
    if (effect.isStale()) {
      outcomes.stale();
    }
    if (!effect.isApplied()) {
      return false;
    }
    outcomes.applied();
    setExpiry(merge.content(), isThere);
    return true;
  }

  private void setExpiry(MergeReader merge, boolean isThere) {
    Duration ofTable = schema.spec().timeToLive();
    if (merge.timeToLiveMillis() > 0) {
      draft.setExpiryMillis(shard.expiryMillis(merge.timeToLiveMillis()));
    } else if (!isThere && ofTable != null) {
      draft.setExpiryMillis(shard.expiryMillis(ofTable.toMillis()));
    }
  }
}
