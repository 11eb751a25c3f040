package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.CountWindow;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Store;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.segment.SeenKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What [GoldenDirectory#EVENTS] holds: rows that events of a source made, some of which only the
/// base has, some only the checkpoint, and some only the log; and one event that was refused.
final class GoldenEvents {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration HALF_LIFE = Duration.ofHours(1);
  private static final List<CountWindow> WINDOWS = List.of(new CountWindow("hour", HALF_LIFE));
  private static final int USERS = 4;
  private static final int SEEN = 10;

  /// Of a table that has no row for it.
  private static final int REFUSED = 7;

  private GoldenEvents() {}

  static void fill(Store store) {
    Table table =
        store.createTable(
            new TableSpec(
                "users",
                KeyType.STRING,
                Map.of("taste", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                Map.of("hour", FieldType.INT64),
                null,
                null,
                Durability.SYNCED,
                1));
    write(table, 0, 10);
    table.fold();
    write(table, 10, 20);
    store.checkpoint();
    write(table, 20, 30);
  }

  private static WriteResult write(Table table, int from, int to) {
    List<RowMerge> merges = new ArrayList<>();
    long[] offsets = new long[to - from];
    for (int i = from; i < to; i++) {
      offsets[i - from] = 100L + i;
      merges.add(event(i));
    }
    Origin origin = new Origin.Events("users@1/é", 3, offsets);
    return table.write(new Mutation.Merge(merges, origin)).join();
  }

  private static RowMerge event(int i) {
    if (i == REFUSED) {
      return new RowMerge(Key.of("refused"), NOON, List.of(count(Long.MAX_VALUE), count(1)), null);
    }
    return new RowMerge(
        Key.of("user-" + i % USERS),
        NOON.plusSeconds(i),
        List.of(
            new MergeOperation.DecayedMean(
                "taste", "taste-of", vector(i), 1, HALF_LIFE, MergeOperation.Scaling.MEAN),
            count(1),
            new MergeOperation.AddToFilter("seen", Key.of("item-" + i), SEEN, 0.001)),
        null);
  }

  private static float[] vector(int i) {
    return new float[] {i, i % 3};
  }

  private static MergeOperation count(long amount) {
    return new MergeOperation.Count("clicks", amount, WINDOWS);
  }

  static void check(Store store) {
    Table table = store.table("users");
    checkRows(table);
    // Read again from the start, every event is known, and the refused one is refused again.
    WriteResult again = write(table, 0, 30);
    assertThat(again.applied()).isZero();
    assertThat(again.repeated()).isEqualTo(29);
    assertThat(again.rejected())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.index()).isEqualTo(REFUSED);
              assertThat(rejection.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            });
    checkRows(table);
  }

  private static void checkRows(Table table) {
    assertThat(table.info().rowCount()).isEqualTo(USERS);
    for (int user = 0; user < USERS; user++) {
      StoredRow row = table.get(Key.of("user-" + user), Projection.ALL).orElseThrow();
      long events = 0;
      double weights = 0;
      double[] sum = new double[2];
      BloomFilter seen = BloomFilter.ofState(Objects.requireNonNull(row.metadata().get("seen")));
      int last = user + (29 - user) / USERS * USERS;
      for (int i = user; i < 30; i += USERS) {
        if (i != REFUSED) {
          double weight = Math.pow(2, -(last - i) / (double) HALF_LIFE.toSeconds());
          weights += weight;
          sum[0] += weight * vector(i)[0];
          sum[1] += weight * vector(i)[1];
          events++;
          assertThat(seen.mayContain(SeenKeys.hash(Key.of("item-" + i)))).isTrue();
        }
      }
      assertThat(row.fields()).isEqualTo(Map.of("hour", Value.of(events)));
      float[] taste = Objects.requireNonNull(row.vectors().get("taste"));
      float[] mean = {(float) (sum[0] / weights), (float) (sum[1] / weights)};
      assertThat(taste).containsExactly(mean, within(1e-5f));
    }
  }
}
