package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VerifiedStores.class)
class MergeTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration HALF_LIFE = Duration.ofHours(1);
  private static final List<CountWindow> WINDOWS =
      List.of(
          new CountWindow("hour", Duration.ofHours(1)), new CountWindow("day", Duration.ofDays(1)));

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();
  private EmbeddedStore store;
  private Table table;

  @BeforeEach
  void open() {
    store =
        EmbeddedStore.open(
            new StoreOptions(
                directory,
                10_000,
                8 << 20,
                200_000,
                Duration.ofHours(1),
                1,
                clock,
                StoreListener.NONE));
    table = store.createTable(spec("users", 2));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static TableSpec spec(String name, int shards) {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    vectors.put("taste", new VectorSpec(3, Metric.COSINE, new IndexSpec.Flat()));
    vectors.put("other", new VectorSpec(2, Metric.L2, new IndexSpec.Flat()));
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("hour", FieldType.INT64);
    fields.put("day", FieldType.INT64);
    return new TableSpec(
        name,
        KeyType.STRING,
        vectors,
        fields,
        null,
        Duration.ofDays(30),
        Durability.BUFFERED,
        shards);
  }

  private static RowMerge merge(String key, Instant time, MergeOperation... operations) {
    return new RowMerge(Key.of(key), time, List.of(operations), null);
  }

  private static MergeOperation city(String city) {
    return new MergeOperation.Assign(Map.of(), Map.of("city", Value.of(city)), Map.of());
  }

  private static MergeOperation taste(float... vector) {
    return new MergeOperation.DecayedMean(
        "taste", "taste-state", vector, 1, HALF_LIFE, MergeOperation.Scaling.UNIT);
  }

  private static MergeOperation count(long amount) {
    return new MergeOperation.Count("clicks", amount, WINDOWS);
  }

  private static MergeOperation seen(String id) {
    return new MergeOperation.AddToFilter("seen", Key.of(id), 100, 0.001);
  }

  private WriteResult write(RowMerge... merges) {
    return table.write(new Mutation.Merge(List.of(merges), null)).join();
  }

  private StoredRow row(String key) {
    return table.get(Key.of(key), Projection.ALL).orElseThrow();
  }

  private static Value metadata(StoredRow row, String name) {
    return Objects.requireNonNull(row.metadata().get(name));
  }

  @Test
  void aRowThatDoesNotExistIsMade() {
    WriteResult result = write(merge("a", NOON, city("rome"), taste(0, 3, 4), count(2), seen("i")));
    assertThat(result.rejected()).isEmpty();
    assertThat(result.applied()).isEqualTo(1);
    StoredRow row = row("a");
    assertThat(row.version()).isEqualTo(result.token().position());
    assertThat(row.eventTime()).isEqualTo(NOON);
    assertThat(row.expiry()).isEqualTo(clock.instant().plus(Duration.ofDays(30)));
    assertThat(row.vectors().get("taste")).containsExactly(0, 0.6f, 0.8f);
    assertThat(row.vectors()).doesNotContainKey("other");
    assertThat(row.fields())
        .isEqualTo(Map.of("city", Value.of("rome"), "hour", Value.of(2), "day", Value.of(2)));
    assertThat(row.metadata()).containsOnlyKeys("taste-state", "clicks", "seen");
  }

  @Test
  void whatIsMergedIsFoundBySearchesAndFilters() {
    write(merge("a", NOON, taste(1, 0, 0)), merge("b", NOON, taste(0, 1, 0), count(1)));
    assertThat(table.search(nearest(1, null, 0, 1, 0)).matches())
        .first()
        .satisfies(match -> assertThat(match.key()).isEqualTo(Key.of("b")));
    assertThat(keys(new Filter.Gte("hour", Value.of(1)))).containsExactly(Key.of("b"));
  }

  private static SearchRequest nearest(int k, @Nullable BloomFilter bloom, float... taste) {
    return new SearchRequest(
        "taste",
        new SearchRequest.Target.Vector(taste),
        k,
        null,
        null,
        List.of(),
        null,
        SearchRequest.Effort.Recall.DEFAULT,
        null,
        Projection.KEY,
        bloom,
        false);
  }

  private List<Key> keys(Filter filter) {
    return table.scan(null, 100, filter, Projection.KEY).rows().stream()
        .map(StoredRow::key)
        .toList();
  }

  @Test
  void anAssignmentChangesWhatItNamesAndLosesAgainstALaterEvent() {
    write(
        merge(
            "a",
            NOON,
            new MergeOperation.Assign(
                Map.of("other", new float[] {1, 2}),
                Map.of("city", Value.of("rome"), "hour", Value.of(1)),
                Map.of("x", Value.of(1), "y", Value.of(2)))));
    WriteResult late = write(merge("a", NOON.minusSeconds(1), city("oslo")));
    assertThat(late.stale()).isEqualTo(1);
    assertThat(late.applied()).isZero();
    write(
        merge(
            "a",
            NOON,
            new MergeOperation.Assign(
                Map.of(),
                Map.of("hour", Value.Null.NULL),
                Map.of("x", Value.Null.NULL, "z", Value.of(3)))));
    StoredRow row = row("a");
    assertThat(row.vectors().get("other")).containsExactly(1, 2);
    assertThat(row.fields()).isEqualTo(Map.of("city", Value.of("rome")));
    assertThat(row.metadata()).isEqualTo(Map.of("y", Value.of(2), "z", Value.of(3)));
  }

  @Test
  void theOtherOperationsOfALateMergeAreApplied() {
    write(merge("a", NOON, city("rome")));
    WriteResult late = write(merge("a", NOON.minusSeconds(1), city("oslo"), count(1)));
    assertThat(late.stale()).isEqualTo(1);
    assertThat(late.applied()).isEqualTo(1);
    assertThat(row("a").eventTime()).isEqualTo(NOON);
    assertThat(row("a").fields())
        .containsEntry("city", Value.of("rome"))
        .containsEntry("hour", Value.of(1));
  }

  @Test
  void aMergeIsAppliedAsAWholeOrNotAtAll() {
    Row broken = Row.of(Key.of("a"), Map.of(), Map.of(), Map.of("clicks", Value.of("none")));
    table.write(new Mutation.Put(List.of(broken), null)).join();
    StoredRow before = row("a");
    WriteResult result =
        write(
            merge("a", NOON, city("rome"), count(1)),
            merge("a", NOON, seen("i")),
            merge("a", NOON, taste(1, 2, 3), count(1)));
    assertThat(result.applied()).isEqualTo(1);
    assertThat(result.rejected())
        .extracting(WriteResult.Rejection::index, WriteResult.Rejection::code)
        .containsExactly(tuple(0, ErrorCode.TYPE_MISMATCH), tuple(2, ErrorCode.TYPE_MISMATCH));
    assertThat(result.rejected().getFirst().message())
        .isEqualTo("clicks: another value (expected: the state of counts in windows)");
    StoredRow row = row("a");
    assertThat(row.vectors()).isEmpty();
    assertThat(row.fields()).isEqualTo(before.fields());
    assertThat(row.metadata()).containsOnlyKeys("clicks", "seen");
  }

  @Test
  void aRowThatWouldBeTooLargeIsRejectedAndStaysAsItWas() {
    MergeOperation large =
        new MergeOperation.Assign(Map.of(), Map.of(), Map.of("x", Value.of("x".repeat(40_400))));
    write(merge("a", NOON, large));
    WriteResult result = write(merge("a", NOON, count(1)), merge("a", NOON, seen("i")));
    assertThat(result.applied()).isEqualTo(1);
    assertThat(result.rejected())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.index()).isEqualTo(1);
              assertThat(rejection.code()).isEqualTo(ErrorCode.TOO_LARGE);
            });
    assertThat(row("a").metadata()).containsOnlyKeys("x", "clicks");
  }

  @Test
  void countsOfNothingMoveTimeButMakeNoRow() {
    write(merge("a", NOON, count(5)));
    Instant later = NOON.plus(Duration.ofHours(2));
    WriteResult result =
        write(
            merge("none", later, count(0)),
            merge("a", later, count(0)),
            merge("b", later, count(0), city("rome")),
            merge("c", later, count(0)),
            merge("c", later, count(1)));
    assertThat(result.missing()).containsExactly(0, 3);
    assertThat(result.applied()).isEqualTo(3);
    assertThat(row("a").fields()).isEqualTo(Map.of("hour", Value.of(0), "day", Value.of(5)));
    assertThat(table.info().rowCount()).isEqualTo(3);
  }

  @Test
  void aFilterFindsTheRowsWhoseCountsAreDue() {
    write(merge("a", NOON, count(1)), merge("b", NOON.plus(Duration.ofHours(3)), count(1)));
    Instant now = NOON.plus(Duration.ofHours(2));
    Filter due = new Filter.Lte("clicks.due", Value.of(now.toEpochMilli() * 1_000));
    assertThat(keys(due)).containsExactly(Key.of("a"));
    write(merge("a", now, count(0)));
    assertThat(keys(due)).isEmpty();
    assertThat(row("a").fields()).containsEntry("hour", Value.of(0));
  }

  @Test
  void theUnionOfTheFiltersIsRead() {
    for (int i = 0; i < 150; i++) {
      write(merge("a", NOON, seen("item-" + i)));
    }
    BloomFilter union = BloomFilter.ofState(metadata(row("a"), "seen"));
    Table items = store.createTable(spec("items", 1));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(
          Row.of(Key.of("item-" + i), Map.of("taste", new float[] {1, i, 0}), Map.of(), Map.of()));
    }
    items.write(new Mutation.Put(rows, null)).join();
    assertThat(items.search(nearest(100, union, 1, 0, 0)).matches())
        .hasSizeBetween(49, 50)
        .allSatisfy(match -> assertThat(match.key().toString()).matches("item-1[5-9]\\d"));
  }

  @Test
  void anExpiredRowStartsAgainFromNothing() {
    table
        .write(
            new Mutation.Merge(
                List.of(
                    new RowMerge(
                        Key.of("a"), NOON, List.of(count(3), city("x")), Duration.ofSeconds(5))),
                null))
        .join();
    assertThat(row("a").expiry()).isEqualTo(clock.instant().plusSeconds(5));
    write(merge("a", NOON, count(1)));
    assertThat(row("a").expiry()).isEqualTo(clock.instant().plusSeconds(5));
    clock.advance(Duration.ofSeconds(5));
    assertThat(write(merge("a", NOON, count(0))).missing()).containsExactly(0);
    write(merge("a", NOON.minusSeconds(9), count(1)));
    assertThat(row("a").fields()).isEqualTo(Map.of("hour", Value.of(1), "day", Value.of(1)));
    assertThat(row("a").expiry()).isEqualTo(clock.instant().plus(Duration.ofDays(30)));
    assertThat(row("a").eventTime()).isNull();
  }

  @Test
  void oneRecordOrManyTheRowsHaveEqualBytes() {
    Random random = new Random(3);
    List<RowMerge> merges = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      merges.add(randomMerge(random));
    }
    List<List<StoredRow>> outcomes = new ArrayList<>();
    for (int batch : new int[] {1, 7, 1_000}) {
      Table own = store.createTable(spec("batch-" + batch, 1 + batch % 3));
      for (int from = 0; from < merges.size(); from += batch) {
        List<RowMerge> part = merges.subList(from, Math.min(from + batch, merges.size()));
        own.write(new Mutation.Merge(part, null)).join();
        if (from % 100 == 42) {
          own.fold();
        }
      }
      outcomes.add(own.scan(null, 1_000, null, Projection.ALL).rows());
    }
    for (List<StoredRow> other : outcomes) {
      assertThat(other).hasSameSizeAs(outcomes.getFirst());
      for (int i = 0; i < other.size(); i++) {
        requireSame(outcomes.getFirst().get(i), other.get(i));
      }
    }
  }

  private static RowMerge randomMerge(Random random) {
    List<MergeOperation> operations = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      operations.add(city("city-" + random.nextInt(5)));
    }
    if (random.nextBoolean()) {
      operations.add(taste(random.nextFloat(), random.nextFloat() - 0.5f, random.nextFloat()));
    }
    if (random.nextBoolean()) {
      operations.add(count(random.nextInt(5)));
    }
    if (operations.isEmpty() || random.nextBoolean()) {
      operations.add(seen("item-" + random.nextInt(400)));
    }
    Instant time = NOON.plusSeconds(random.nextInt(200_000));
    return merge("user-" + random.nextInt(30), time, operations.toArray(MergeOperation[]::new));
  }

  static void requireSame(StoredRow expected, @Nullable StoredRow actual) {
    assertThat(actual).usingRecursiveComparison().ignoringFields("version").isEqualTo(expected);
    assertThat(List.copyOf(Objects.requireNonNull(actual).metadata().keySet()))
        .isEqualTo(List.copyOf(expected.metadata().keySet()));
  }

  @Test
  void mergesAndPutsOfOneKeyAreAppliedInTheirOrder() {
    write(merge("a", NOON, count(1), seen("i")));
    table.fold();
    write(merge("a", NOON, count(1)));
    assertThat(row("a").fields()).containsEntry("hour", Value.of(2));
    table
        .write(new Mutation.Put(List.of(Row.of(Key.of("a"), Map.of(), Map.of(), Map.of())), null))
        .join();
    write(merge("a", NOON, count(1)));
    assertThat(row("a").fields()).containsEntry("hour", Value.of(1));
    assertThat(row("a").metadata()).containsOnlyKeys("clicks");
    table.write(new Mutation.Delete(List.of(Key.of("a")), null)).join();
    assertThat(table.get(Key.of("a"), Projection.KEY)).isEmpty();
    write(merge("a", NOON, count(7)));
    table.fold();
    assertThat(row("a").fields()).containsEntry("hour", Value.of(7));
    assertThat(table.info().rowCount()).isEqualTo(1);
  }
}
