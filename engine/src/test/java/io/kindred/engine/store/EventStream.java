package io.kindred.engine.store;

import io.kindred.engine.CountWindow;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/// An endless source of events, of which each is merged into rows: what is at an offset is always
/// the same. Owned by one thread.
final class EventStream {
  static final String TABLE = "stream";
  private static final int USERS = 60;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Table table;
  private final String source;

  EventStream(Store store) {
    this(store, "test/events");
  }

  /// @param source what the events are said to come from
  EventStream(Store store, String source) {
    this.source = source;
    this.table =
        store.tables().stream()
            .filter(one -> one.spec().name().equals(TABLE))
            .findFirst()
            .orElseGet(() -> store.createTable(spec()));
  }

  private static TableSpec spec() {
    return new TableSpec(
        TABLE,
        KeyType.UINT64,
        Map.of("taste", new VectorSpec(4, Metric.COSINE, new IndexSpec.Hnsw(4, 16))),
        Map.of("hour", FieldType.INT64, "last", FieldType.INT64),
        null,
        null,
        Durability.SYNCED,
        2);
  }

  /// What the event at an offset merges: into one row, or into two.
  private static List<RowMerge> rows(long offset) {
    Random random = new Random(offset * 31 + 7);
    List<RowMerge> rows = new ArrayList<>();
    int count = random.nextInt(4) == 0 ? 2 : 1;
    for (int i = 0; i < count; i++) {
      long late = random.nextInt(5) == 0 ? random.nextInt(4_000) : 0;
      rows.add(
          new RowMerge(
              Key.of(random.nextInt(USERS)),
              START.plusSeconds(offset - late),
              operations(random, offset),
              null));
    }
    return rows;
  }

  private static List<MergeOperation> operations(Random random, long offset) {
    if (random.nextInt(9) == 0) {
      // Destroys the state of the counter, or makes a new one possible: a few events are rejected.
      Value clicks = random.nextInt(3) == 0 ? Value.of("none") : Value.Null.NULL;
      return List.of(new MergeOperation.Assign(Map.of(), Map.of(), Map.of("clicks", clicks)));
    }
    float[] vector = {random.nextFloat(), random.nextFloat() - 1, random.nextFloat(), 0.1f};
    return List.of(
        new MergeOperation.Assign(Map.of(), Map.of("last", Value.of(offset)), Map.of()),
        new MergeOperation.DecayedMean(
            "taste",
            "taste",
            vector,
            0.5 + random.nextInt(3),
            Duration.ofMinutes(20),
            MergeOperation.Scaling.UNIT),
        new MergeOperation.Count(
            "clicks", 1, List.of(new CountWindow("hour", Duration.ofHours(1)))),
        new MergeOperation.AddToFilter("seen", Key.of(random.nextInt(500)), 20, 0.01));
  }

  /// Merges the events from one offset up to another, in batches of some size.
  ///
  /// @return what was rejected, by its offset
  List<String> write(long from, long to, int batch) {
    List<String> rejected = new ArrayList<>();
    for (long first = from; first < to; first += batch) {
      List<RowMerge> rows = new ArrayList<>();
      List<Long> offsets = new ArrayList<>();
      for (long offset = first; offset < Math.min(first + batch, to); offset++) {
        for (RowMerge row : rows(offset)) {
          rows.add(row);
          offsets.add(offset);
        }
      }
      long[] array = offsets.stream().mapToLong(offset -> offset).toArray();
      WriteResult result = write(new Mutation.Merge(rows, new Origin.Events(source, 0, array)));
      for (WriteResult.Rejection rejection : result.rejected()) {
        rejected.add(array[rejection.index()] + " " + rejection.message());
      }
    }
    return rejected;
  }

  private WriteResult write(Mutation mutation) {
    while (true) {
      try {
        return Objects.requireNonNull(table.write(mutation).join());
      } catch (KindredException e) {
        if (e.code() != ErrorCode.OVERLOADED) {
          throw e;
        }
        // Refused until a fold is done; nothing was stored.
        table.fold();
      }
    }
  }

  Table table() {
    return table;
  }
}
