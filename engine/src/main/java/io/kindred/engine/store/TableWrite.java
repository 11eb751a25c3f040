package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.FilterWriter;
import io.kindred.engine.segment.ChangeKind;
import io.kindred.engine.segment.ChangeWriter;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.shard.Shard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Decides a mutation: checks it, refuses its bad rows, and queues one log record for each shard
/// that it touches. Owned by one thread, for one mutation.
final class TableWrite {
  private final EmbeddedStore store;
  private final OpenTable table;
  private final @Nullable ChangeWriter[] writers;
  private final List<Rejection> rejected = new ArrayList<>();

  TableWrite(EmbeddedStore store, OpenTable table) {
    this.store = store;
    this.table = table;
    this.writers = new ChangeWriter[table.shards().size()];
  }

  CompletableFuture<WriteResult> submit(Mutation mutation) {
    String operationId = operationId(mutation.origin());
    DiskSpace.Effect effect =
        switch (mutation) {
          case Mutation.Put _, Mutation.Update _, Mutation.Merge _ -> DiskSpace.Effect.ADDS;
          case Mutation.Delete _, Mutation.DeleteWhere _ -> DiskSpace.Effect.MAKES_ROOM;
        };
    switch (mutation) {
      case Mutation.Put(List<Row> rows, _) -> addRows(rows, ChangeKind.PUT, operationId);
      case Mutation.Update(List<Row> rows, _) -> addRows(rows, ChangeKind.UPDATE, operationId);
      case Mutation.Merge _ -> throw unsupported("mutation", "merge");
      case Mutation.Delete(List<Key> keys, _) -> addKeys(keys, operationId);
      case Mutation.DeleteWhere(var filter, _) -> {
        BoundFilter.bind(filter, table.entry().spec());
        setFilter(FilterWriter.write(filter), operationId);
      }
    }
    return append(effect);
  }

  private static @Nullable String operationId(@Nullable Origin origin) {
    return switch (origin) {
      case Origin.Operation(String id) -> {
        requireOperationId(id);
        yield id;
      }
      case Origin.Events _ -> throw unsupported("origin", "events");
      case null -> null;
    };
  }

  private static KindredException unsupported(String what, String found) {
    return KindredException.of(ErrorCode.UNSUPPORTED, what, found, "another, in this version");
  }

  private static void requireOperationId(String operationId) {
    int bytes = operationId.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0
        || bytes > Limits.OPERATION_ID_BYTES_MAX
        || !StandardCharsets.UTF_8.newEncoder().canEncode(operationId)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "operation_id",
          bytes + " bytes",
          "1 to " + Limits.OPERATION_ID_BYTES_MAX + " bytes of well-formed text");
    }
  }

  private void addRows(List<Row> rows, ChangeKind kind, @Nullable String operationId) {
    requireBatch(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      try {
        writer(row.key(), kind, operationId).addRow(i, row);
      } catch (KindredException e) {
        reject(i, e);
      }
    }
  }

  private void addKeys(List<Key> keys, @Nullable String operationId) {
    requireBatch(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      try {
        writer(keys.get(i), ChangeKind.DELETE, operationId).addKey(i, keys.get(i));
      } catch (KindredException e) {
        reject(i, e);
      }
    }
  }

  private void setFilter(Value filter, @Nullable String operationId) {
    for (int shard = 0; shard < writers.length; shard++) {
      writer(shard, ChangeKind.DELETE_WHERE, operationId).setFilter(filter);
    }
  }

  /// A batch that is too large is refused as a whole, a row for itself.
  private void reject(int index, KindredException cause) {
    rejected.add(new Rejection(index, cause.code(), String.valueOf(cause.getMessage())));
  }

  private static void requireBatch(int count) {
    if (count > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, "batch", count + " rows", "at most " + Limits.BATCH_ROWS_MAX);
    }
  }

  private ChangeWriter writer(Key key, ChangeKind kind, @Nullable String operationId) {
    return writer(KeyHash.shard(KeyHash.slotKey(key), writers.length), kind, operationId);
  }

  private ChangeWriter writer(int shard, ChangeKind kind, @Nullable String operationId) {
    ChangeWriter writer = writers[shard];
    if (writer == null) {
      ChangeWriter.Address address =
          new ChangeWriter.Address(table.entry().id(), table.entry().version(), shard);
      writer = new ChangeWriter(table.schema(), address, kind, operationId);
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
  }
}
