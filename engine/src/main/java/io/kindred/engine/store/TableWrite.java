package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.FilterWriter;
import io.kindred.engine.segment.ChangeKind;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeWriter;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.shard.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides a mutation: checks it, refuses its bad rows, and queues one log record for each shard
/// that it touches. Owned by one thread, for one mutation.
final class TableWrite {
  private final EmbeddedStore store;
  private final OpenTable table;
  private final Mutation mutation;
  private final @Nullable ChangeWriter[] writers;
  private final List<Rejection> rejected = new ArrayList<>();

  TableWrite(EmbeddedStore store, OpenTable table, Mutation mutation) {
    this.store = store;
    this.table = table;
    this.mutation = mutation;
    this.writers = new ChangeWriter[table.shards().size()];
  }

  CompletableFuture<WriteResult> submit() {
    OriginCheck.require(mutation);
    DiskSpace.Effect effect =
        switch (mutation) {
          case Mutation.Put _, Mutation.Update _, Mutation.Merge _ -> DiskSpace.Effect.ADDS;
          case Mutation.Delete _, Mutation.DeleteWhere _ -> DiskSpace.Effect.MAKES_ROOM;
        };
    switch (mutation) {
      case Mutation.Put(List<Row> rows, _) ->
          addEach(rows, Row::key, ChangeKind.PUT, ChangeWriter::addRow);
      case Mutation.Update(List<Row> rows, _) ->
          addEach(rows, Row::key, ChangeKind.UPDATE, ChangeWriter::addRow);
      case Mutation.Merge(List<RowMerge> rows, _) ->
          addEach(rows, RowMerge::key, ChangeKind.MERGE, ChangeWriter::addMerge);
      case Mutation.Delete(List<Key> keys, _) ->
          addEach(keys, key -> key, ChangeKind.DELETE, ChangeWriter::addKey);
      case Mutation.DeleteWhere(var filter, _) -> {
        BoundFilter.bind(filter, table.entry().spec());
        setFilter(FilterWriter.write(filter));
      }
    }
    return append(effect);
  }

  /// Adds one entry to a record.
  private interface Adder<T> {
    void add(ChangeWriter writer, int index, T entry);
  }

  private <T> void addEach(List<T> entries, Function<T, Key> key, ChangeKind kind, Adder<T> adder) {
    if (entries.size() > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "batch",
          entries.size() + " rows",
          "at most " + Limits.BATCH_ROWS_MAX);
    }
    for (int i = 0; i < entries.size(); i++) {
      T entry = entries.get(i);
      ChangeWriter writer = writer(key.apply(entry), kind);
      try {
        adder.add(writer, i, entry);
      } catch (KindredException e) {
        reject(i, e, writer);
      }
    }
  }

  private void setFilter(Value filter) {
    for (int shard = 0; shard < writers.length; shard++) {
      writer(shard, ChangeKind.DELETE_WHERE).setFilter(filter);
    }
  }

  /// A row that is refused for itself is refused again whenever it comes. Whether there is room
  /// left in the batch is not so: events that are read again would be told otherwise, so that the
  /// change is refused as a whole.
  private void reject(int index, KindredException cause, ChangeWriter writer) {
    if (writer.isOverfull() && mutation.origin() instanceof Origin.Events) {
      throw cause;
    }
    rejected.add(new Rejection(index, cause.code(), String.valueOf(cause.getMessage())));
  }

  private ChangeWriter writer(Key key, ChangeKind kind) {
    return writer(KeyHash.shard(KeyHash.slotKey(key), writers.length), kind);
  }

  private ChangeWriter writer(int shard, ChangeKind kind) {
    ChangeWriter writer = writers[shard];
    if (writer == null) {
      ChangeWriter.Address address =
          new ChangeWriter.Address(table.entry().id(), table.entry().version(), shard);
      writer = new ChangeWriter(table.schema(), address, kind, mutation.origin());
      writers[shard] = writer;
    }
    return writer;
  }

  private CompletableFuture<WriteResult> append(DiskSpace.Effect effect) {
    List<ByteBuffer> records = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < writers.length; i++) {
      ChangeWriter writer = writers[i];
      if (writer != null && writer.count() > 0) {
        requireRoom(table.shards().get(i), writer.count());
        ByteBuffer record = writer.finish();
        bytes += record.remaining();
        records.add(record);
      }
    }
    PendingWrite pending = new PendingWrite(store.logId(), rejected, records.size());
    if (records.isEmpty()) {
      pending.completeAt(store.appliedPosition());
    } else {
      if (effect == DiskSpace.Effect.ADDS) {
        store.memory().take(table, bytes);
      }
      store.append(records, effect, table.entry().spec().durability(), pending);
    }
    return pending.future();
  }

  private void requireRoom(Shard shard, int rows) {
    shard.requireWhole();
    if (!shard.admits(rows)) {
      throw new KindredException(
          ErrorCode.OVERLOADED,
          "table: "
              + table.name()
              + " takes no more writes until its rows are folded (expected: a retry in a second)");
    }
    if (mutation.origin() instanceof Origin.Events events
        && !shard.admits(new ChangeReader.Source(events.source(), events.partition()))) {
      throw new KindredException(
          ErrorCode.TOO_LARGE,
          "source: %s, partition %d (expected: one of the %d that table %s remembers)"
              .formatted(events.source(), events.partition(), Limits.SOURCES_MAX, table.name()));
    }
  }
}
