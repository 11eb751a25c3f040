package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.CountWindow;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Input that the engine refuses: each with an error that names the value and what was expected,
/// and nothing is changed.
@ExtendWith(VerifiedStores.class)
final class BadInputTest {
  private static final float[] FINE = {1, 2, 3};

  private final FaultyDisk disk = new FaultyDisk();
  private final Store store = EmbeddedStore.open(StoreOptions.at(Path.of("/store")), disk);
  private final Table table =
      store.createTable(
          new TableSpec(
              "t",
              KeyType.STRING,
              Map.of("v", new VectorSpec(3, Metric.COSINE, new IndexSpec.Hnsw(4, 16))),
              Map.of("city", FieldType.STRING, "n", FieldType.INT64),
              null,
              null,
              Durability.SYNCED,
              1));

  @AfterEach
  void close() {
    store.close();
  }

  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private static Row row(String key, Map<String, float[]> vectors, Map<String, Value> fields) {
    return Row.of(Key.of(key), vectors, fields, Map.of());
  }

  private static Row vector(float... vector) {
    return row("bad", Map.of("v", vector), Map.of());
  }

  static Stream<Arguments> badRows() {
    String large = "x".repeat(Limits.STRING_BYTES_MAX + 1);
    String larger = "x".repeat(Limits.METADATA_BYTES_MAX + 1);
    return Stream.of(
        Arguments.of(vector(1, 2), ErrorCode.DIMENSION_MISMATCH, "2"),
        Arguments.of(vector(1, Float.NaN, 2), ErrorCode.INVALID_VECTOR, "NaN"),
        Arguments.of(vector(1, 2, Float.POSITIVE_INFINITY), ErrorCode.INVALID_VECTOR, "Infinity"),
        Arguments.of(vector(0, 0, 0), ErrorCode.INVALID_VECTOR, "zero vector"),
        Arguments.of(row("", Map.of(), Map.of()), ErrorCode.INVALID_KEY, ""),
        Arguments.of(
            row("k".repeat(Limits.KEY_BYTES_MAX + 1), Map.of(), Map.of()),
            ErrorCode.INVALID_KEY,
            "512"),
        Arguments.of(
            Row.of(Key.of(7), Map.of(), Map.of(), Map.of()), ErrorCode.INVALID_KEY, "string"),
        Arguments.of(row("bad", Map.of("w", FINE), Map.of()), ErrorCode.UNKNOWN_FIELD, "w"),
        Arguments.of(
            row("bad", Map.of(), Map.of("town", Value.of("rome"))),
            ErrorCode.UNKNOWN_FIELD,
            "town"),
        Arguments.of(
            row("bad", Map.of(), Map.of("n", Value.of("seven"))), ErrorCode.TYPE_MISMATCH, "seven"),
        Arguments.of(
            row("bad", Map.of(), Map.of("city", Value.of(large))), ErrorCode.TOO_LARGE, "32768"),
        Arguments.of(
            Row.of(Key.of("bad"), Map.of(), Map.of(), Map.of("m", Value.of(larger))),
            ErrorCode.TOO_LARGE,
            "40960"),
        Arguments.of(
            new Row(
                Key.of("bad"), Map.of(), Map.of(), Map.of(), null, Duration.ofSeconds(-1), null),
            ErrorCode.INVALID_ARGUMENT,
            "ttl"));
  }

  @ParameterizedTest
  @MethodSource("badRows")
  void aBadRowIsRejectedByIndexAndTheOthersAreStored(Row bad, ErrorCode code, String part) {
    Row first = row("first", Map.of("v", FINE), Map.of());
    Row last = row("last", Map.of("v", FINE), Map.of());
    WriteResult result = table.write(new Mutation.Put(List.of(first, bad, last), null)).join();
    assertThat(result.applied()).isEqualTo(2);
    assertThat(result.rejected()).hasSize(1);
    WriteResult.Rejection rejection = result.rejected().getFirst();
    assertThat(rejection.index()).isEqualTo(1);
    assertThat(rejection.code()).as(rejection.message()).isEqualTo(code);
    assertThat(rejection.message()).contains(part).contains("expected: ");
    assertThat(table.scan(null, 10, null, Projection.KEY).rows())
        .extracting(stored -> stored.key())
        .containsExactly(Key.of("first"), Key.of("last"));
  }

  private static MergeOperation mean(double weight, Duration halfLife, float... value) {
    return new MergeOperation.DecayedMean(
        "v", "s", value, weight, halfLife, MergeOperation.Scaling.UNIT);
  }

  private static MergeOperation count(String state, CountWindow... windows) {
    return new MergeOperation.Count(state, 1, List.of(windows));
  }

  private static CountWindow window(String field, Duration length) {
    return new CountWindow(field, length);
  }

  private static MergeOperation seen(int capacity, double rate) {
    return new MergeOperation.AddToFilter("s", Key.of("i"), capacity, rate);
  }

  private static MergeOperation assign(String metadata) {
    return new MergeOperation.Assign(Map.of(), Map.of(), Map.of(metadata, Value.of(1)));
  }

  private static Arguments bad(ErrorCode code, String part, MergeOperation... operations) {
    return Arguments.of(new RowMerge(Key.of("bad"), TIME, List.of(operations), null), code, part);
  }

  static Stream<Arguments> badMerges() {
    Duration hour = Duration.ofHours(1);
    CountWindow good = window("n", hour);
    return Stream.of(
        bad(ErrorCode.INVALID_ARGUMENT, "operations: 0"),
        bad(
            ErrorCode.INVALID_ARGUMENT,
            "operations: 65",
            Collections.nCopies(65, seen(10, 0.1)).toArray(MergeOperation[]::new)),
        bad(ErrorCode.DIMENSION_MISMATCH, "2", mean(1, hour, 1, 2)),
        bad(ErrorCode.INVALID_VECTOR, "NaN", mean(1, hour, 1, 2, Float.NaN)),
        bad(ErrorCode.INVALID_VECTOR, "zero vector", mean(1, hour, 0, 0, 0)),
        bad(ErrorCode.INVALID_ARGUMENT, "weight: 0.0", mean(0, hour, FINE)),
        bad(ErrorCode.INVALID_ARGUMENT, "weight: -1.0", mean(-1, hour, FINE)),
        bad(ErrorCode.INVALID_ARGUMENT, "weight: NaN", mean(Double.NaN, hour, FINE)),
        bad(
            ErrorCode.INVALID_ARGUMENT,
            "weight: Infinity",
            mean(Double.POSITIVE_INFINITY, hour, FINE)),
        bad(ErrorCode.INVALID_ARGUMENT, "half_life", mean(1, Duration.ZERO, FINE)),
        bad(ErrorCode.INVALID_ARGUMENT, "half_life", mean(1, Duration.ofDays(40_000), FINE)),
        bad(
            ErrorCode.UNKNOWN_FIELD,
            "w",
            new MergeOperation.DecayedMean("w", "s", FINE, 1, hour, MergeOperation.Scaling.MEAN)),
        bad(ErrorCode.INVALID_ARGUMENT, "state: ", count("", good)),
        bad(ErrorCode.INVALID_ARGUMENT, "state: a.b", count("a.b", good)),
        bad(ErrorCode.INVALID_ARGUMENT, "state: city", count("city", good)),
        bad(ErrorCode.INVALID_ARGUMENT, "windows: 0", count("s")),
        bad(ErrorCode.UNKNOWN_FIELD, "m", count("s", window("m", hour))),
        bad(ErrorCode.TYPE_MISMATCH, "string", count("s", window("city", hour))),
        bad(ErrorCode.INVALID_ARGUMENT, "PT0S", count("s", window("n", Duration.ZERO))),
        bad(
            ErrorCode.INVALID_ARGUMENT,
            "PT1.5S",
            count("s", window("n", Duration.ofMillis(1_500)))),
        bad(ErrorCode.INVALID_ARGUMENT, "PT9624H", count("s", window("n", Duration.ofDays(401)))),
        bad(ErrorCode.INVALID_ARGUMENT, "field n", count("s", good, good)),
        bad(ErrorCode.INVALID_ARGUMENT, "field n", count("s", good), count("t", good)),
        bad(ErrorCode.INVALID_ARGUMENT, "metadata s", count("s", good), seen(10, 0.1)),
        bad(ErrorCode.INVALID_ARGUMENT, "metadata s", seen(10, 0.1), seen(11, 0.1)),
        bad(ErrorCode.INVALID_ARGUMENT, "metadata s", seen(10, 0.1), assign("s")),
        bad(ErrorCode.INVALID_ARGUMENT, "metadata x", assign("x"), assign("x")),
        bad(
            ErrorCode.INVALID_ARGUMENT,
            "vector v",
            mean(1, hour, FINE),
            mean(1, hour.plus(hour), FINE)),
        bad(ErrorCode.INVALID_ARGUMENT, "capacity: 0", seen(0, 0.01)),
        bad(ErrorCode.INVALID_ARGUMENT, "1 to 3418", seen(3_419, 0.01)),
        bad(ErrorCode.INVALID_ARGUMENT, "error_rate: 0.0", seen(10, 0)),
        bad(ErrorCode.INVALID_ARGUMENT, "error_rate: NaN", seen(10, Double.NaN)),
        bad(ErrorCode.INVALID_ARGUMENT, "error_rate: 0.6", seen(10, 0.6)),
        bad(
            ErrorCode.INVALID_KEY,
            "512",
            new MergeOperation.AddToFilter("s", Key.of("k".repeat(513)), 10, 0.1)),
        bad(
            ErrorCode.UNKNOWN_FIELD,
            "town",
            new MergeOperation.Assign(Map.of(), Map.of("town", Value.of("rome")), Map.of())),
        Arguments.of(
            new RowMerge(Key.of(7), TIME, List.of(seen(10, 0.1)), null),
            ErrorCode.INVALID_KEY,
            "string"),
        Arguments.of(
            new RowMerge(Key.of("bad"), Instant.MAX, List.of(seen(10, 0.1)), null),
            ErrorCode.INVALID_ARGUMENT,
            "event_time"),
        Arguments.of(
            new RowMerge(
                Key.of("bad"),
                Instant.parse("+12026-01-01T00:00:00Z"),
                List.of(seen(10, 0.1)),
                null),
            ErrorCode.INVALID_ARGUMENT,
            "a year from 1 to 9999"),
        Arguments.of(
            new RowMerge(Key.of("bad"), TIME, List.of(seen(10, 0.1)), Duration.ofSeconds(-1)),
            ErrorCode.INVALID_ARGUMENT,
            "ttl"));
  }

  @ParameterizedTest
  @MethodSource("badMerges")
  void aBadMergeIsRejectedByIndexAndTheOthersAreApplied(RowMerge bad, ErrorCode code, String part) {
    RowMerge first = new RowMerge(Key.of("first"), TIME, List.of(assign("x")), null);
    RowMerge last = new RowMerge(Key.of("last"), TIME, List.of(seen(10, 0.1)), null);
    WriteResult result = table.write(new Mutation.Merge(List.of(first, bad, last), null)).join();
    assertThat(result.applied()).isEqualTo(2);
    WriteResult.Rejection rejection = result.rejected().getFirst();
    assertThat(rejection.index()).isEqualTo(1);
    assertThat(rejection.code()).as(rejection.message()).isEqualTo(code);
    assertThat(rejection.message()).contains(part).contains("expected: ");
    assertThat(table.scan(null, 10, null, Projection.KEY).rows())
        .extracting(stored -> stored.key())
        .containsExactly(Key.of("first"), Key.of("last"));
  }

  private static SearchRequest search(float[] query, int k, Effort effort) {
    return search(query, k, null, List.of(), null, effort);
  }

  private static SearchRequest search(
      float[] query,
      int k,
      @Nullable Filter filter,
      List<Key> exclude,
      @Nullable Float minScore,
      Effort effort) {
    return new SearchRequest(
        null,
        new SearchRequest.Target.Vector(query),
        k,
        filter,
        null,
        exclude,
        minScore,
        effort,
        null,
        Projection.KEY);
  }

  static Stream<Arguments> badSearches() {
    Effort exact = new Effort.Exact();
    List<Key> many = Collections.nCopies(Limits.EXCLUDED_KEYS_MAX + 1, Key.of("a"));
    return Stream.of(
        Arguments.of(search(new float[] {1, 2}, 1, exact), ErrorCode.DIMENSION_MISMATCH, "2"),
        Arguments.of(
            search(new float[] {1, 2, Float.NaN}, 1, exact), ErrorCode.INVALID_VECTOR, "NaN"),
        Arguments.of(search(new float[3], 1, exact), ErrorCode.INVALID_VECTOR, "zero vector"),
        Arguments.of(search(FINE, 0, exact), ErrorCode.INVALID_ARGUMENT, "k: 0"),
        Arguments.of(search(FINE, Limits.K_MAX + 1, exact), ErrorCode.INVALID_ARGUMENT, "k: 10001"),
        Arguments.of(
            search(FINE, 1, new Effort.BeamWidth(1_000_000)),
            ErrorCode.INVALID_ARGUMENT,
            "ef: 1000000"),
        Arguments.of(
            search(FINE, 1, new Effort.Recall(1.5)), ErrorCode.INVALID_ARGUMENT, "recall: 1.5"),
        Arguments.of(
            search(FINE, 1, new Effort.Probes(0)), ErrorCode.INVALID_ARGUMENT, "nprobe: 0"),
        Arguments.of(search(FINE, 1, null, many, null, exact), ErrorCode.TOO_LARGE, "10001"),
        Arguments.of(
            search(FINE, 1, null, List.of(), Float.NaN, exact),
            ErrorCode.INVALID_ARGUMENT,
            "min_score"),
        Arguments.of(
            search(FINE, 1, new Filter.Gt("city", Value.of(true)), List.of(), null, exact),
            ErrorCode.INVALID_FILTER,
            "city"));
  }

  @ParameterizedTest
  @MethodSource("badSearches")
  void aBadSearchIsRefused(SearchRequest request, ErrorCode code, String part) {
    assertThatThrownBy(() -> table.search(request))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).as("%s", e.getMessage()).isEqualTo(code))
        .hasMessageContaining(part)
        .hasMessageContaining("expected: ");
  }

  @Test
  void aBatchThatIsTooLargeIsRefusedAsAWhole() {
    List<Row> rows = Collections.nCopies(Limits.BATCH_ROWS_MAX + 1, row("a", Map.of(), Map.of()));
    long position = store.info().committedPosition();
    assertThatThrownBy(() -> table.write(new Mutation.Put(rows, null)))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
        .hasMessageContaining("10001 rows")
        .hasMessageContaining("expected: at most 10000");
    assertThat(store.info().committedPosition()).isEqualTo(position);
    assertThat(table.info().rowCount()).isZero();
  }
}
