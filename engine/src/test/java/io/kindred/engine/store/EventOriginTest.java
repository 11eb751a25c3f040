package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kindred.engine.CountWindow;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VerifiedStores.class)
class EventOriginTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final CountWindow DAY = new CountWindow("day", Duration.ofDays(1));

  @TempDir Path directory;
  private EmbeddedStore store;
  private Table table;

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(StoreOptions.at(directory));
    table =
        store.createTable(
            TableSpec.of("users", KeyType.UINT64, Map.of(), Map.of("day", FieldType.INT64)));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    store = EmbeddedStore.open(StoreOptions.at(directory));
    table = store.table("users");
  }

  private static Origin.Events events(long... offsets) {
    return events("clicks", 0, offsets);
  }

  private static Origin.Events events(String source, int partition, long... offsets) {
    return new Origin.Events(source, partition, offsets);
  }

  private static RowMerge click(long user) {
    return new RowMerge(
        Key.of(user), NOON, List.of(new MergeOperation.Count("c", 1, List.of(DAY))), null);
  }

  private WriteResult write(Origin origin, long... users) {
    List<RowMerge> rows = LongStream.of(users).mapToObj(EventOriginTest::click).toList();
    return table.write(new Mutation.Merge(rows, origin)).join();
  }

  private long clicks(long user) {
    return table
        .get(Key.of(user), Projection.ALL)
        .map(row -> ((Value.Int64) Objects.requireNonNull(row.fields().get("day"))).value())
        .orElse(0L);
  }

  @Test
  void eventsThatComeAgainAreSkippedAndCounted() {
    assertThat(write(events(3, 4, 4), 1, 1, 2).applied()).isEqualTo(3);
    WriteResult again = write(events(2, 3, 4, 4, 5, 9), 1, 1, 1, 2, 2, 1);
    assertThat(again.repeated()).isEqualTo(4);
    assertThat(again.applied()).isEqualTo(2);
    assertThat(clicks(1)).isEqualTo(3);
    assertThat(clicks(2)).isEqualTo(2);
    assertThat(write(events(9), 1).repeated()).isEqualTo(1);
  }

  @Test
  void sourcesAndPartitionsAreApart() {
    for (Origin origin :
        List.of(events("a", 0, 7), events("a", 1, 7), events("b", 0, 7), events("a", 2, 0))) {
      assertThat(write(origin, 1).applied()).isEqualTo(1);
      assertThat(write(origin, 1).repeated()).isEqualTo(1);
    }
    assertThat(clicks(1)).isEqualTo(4);
  }

  @Test
  void everyKindOfChangeKnowsItsEvents() {
    Row row = Row.of(Key.of(1), Map.of(), Map.of("day", Value.of(5)), Map.of());
    for (Mutation mutation :
        List.of(
            new Mutation.Put(List.of(row), events(1)),
            new Mutation.Update(List.of(row), events(2)),
            new Mutation.Merge(List.of(click(1)), events(3)),
            new Mutation.DeleteWhere(new Filter.Exists("day", true), events(4)),
            new Mutation.Delete(List.of(Key.of(1)), events(5)))) {
      WriteResult first = table.write(mutation).join();
      assertThat(first.repeated()).as("%s", mutation).isZero();
      WriteResult again = table.write(mutation).join();
      assertThat(again.repeated()).as("%s", mutation).isEqualTo(1);
      assertThat(again.applied()).isZero();
      assertThat(again.missing()).isEmpty();
    }
  }

  @Test
  void whatWasRejectedWhenItWasAppliedIsRejectedAgainAlsoAfterARestart() {
    List<Row> rows = new ArrayList<>();
    for (long key = 0; key < 3; key++) {
      rows.add(Row.of(Key.of(key), Map.of(), Map.of(), Map.of("x", Value.of(1))));
    }
    table.write(new Mutation.Put(rows.subList(1, 2), null)).join();
    WriteResult first = table.write(new Mutation.Update(rows, events(6, 6, 6))).join();
    assertThat(first.applied()).isEqualTo(1);
    assertThat(first.rejected()).extracting(WriteResult.Rejection::index).containsExactly(0, 2);
    table.write(new Mutation.Put(rows, null)).join();
    for (int round = 0; round < 3; round++) {
      List<Row> more = new ArrayList<>(rows);
      more.addFirst(rows.get(1));
      more.addLast(rows.get(1));
      WriteResult again =
          table.write(new Mutation.Update(more, events(5, 6, 6, 6, 7 + round))).join();
      assertThat(again.applied()).isEqualTo(1);
      assertThat(again.repeated()).isEqualTo(2);
      assertThat(again.rejected())
          .extracting(WriteResult.Rejection::index, WriteResult.Rejection::message)
          .containsExactly(
              tuple(1, first.rejected().get(0).message()),
              tuple(3, first.rejected().get(1).message()));
      if (round == 0) {
        table.fold();
      }
      reopen();
    }
  }

  @Test
  void sourcesSurviveFoldsCheckpointsAndRestarts() {
    for (long offset = 0; offset < 8; offset++) {
      for (long replayed = Math.max(0, offset - 3); replayed <= offset; replayed++) {
        write(events(replayed), 1);
      }
      switch ((int) offset % 4) {
        case 0 -> table.fold();
        case 1 -> store.checkpoint();
        case 2 -> reopen();
        default -> {}
      }
      assertThat(clicks(1)).isEqualTo(offset + 1);
    }
  }

  @Test
  void eachShardRemembersItsOwnRows() {
    store.dropTable("users");
    TableSpec spec = table.spec();
    table =
        store.createTable(
            new TableSpec(
                "users",
                KeyType.UINT64,
                Map.of(),
                spec.fields(),
                null,
                null,
                spec.durability(),
                4));
    long[] users = LongStream.range(0, 100).toArray();
    long[] offsets = LongStream.range(0, 100).toArray();
    write(events(LongStream.range(0, 50).toArray()), LongStream.range(0, 50).toArray());
    WriteResult all = write(events(offsets), users);
    assertThat(all.repeated()).isEqualTo(50);
    assertThat(all.applied()).isEqualTo(50);
    for (long user : users) {
      assertThat(clicks(user)).isEqualTo(1);
    }
  }

  static Stream<Arguments> badOrigins() {
    return Stream.of(
        Arguments.of(events("", 0, 1), "source: 0 bytes"),
        Arguments.of(events("é".repeat(129), 0, 1), "source: 258 bytes"),
        Arguments.of(events("\uD800", 0, 1), "well-formed"),
        Arguments.of(events("a", -1, 1), "partition: -1 (expected: at least 0)"),
        Arguments.of(events("a", 0), "offsets: 0 (expected: one for each of 1 rows)"),
        Arguments.of(events("a", 0, 1, 2), "offsets: 2"),
        Arguments.of(events("a", 0, -1), "offsets[0]: -1 (expected: at least 0)"));
  }

  @ParameterizedTest
  @MethodSource("badOrigins")
  void aBadOriginIsRefusedAndChangesNothing(Origin origin, String part) {
    assertRefused(new Mutation.Merge(List.of(click(1)), origin), ErrorCode.INVALID_ARGUMENT, part);
    assertThat(table.info().rowCount()).isZero();
  }

  private void assertRefused(Mutation mutation, ErrorCode code, String part) {
    assertThatThrownBy(() -> table.write(mutation))
        .isInstanceOfSatisfying(KindredException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(part)
        .hasMessageContaining("expected: ");
  }

  @Test
  void descendingOffsetsAreRefused() {
    assertRefused(
        new Mutation.Merge(List.of(click(1), click(1)), events(5, 4)),
        ErrorCode.INVALID_ARGUMENT,
        "offsets[1]: 4 (expected: at least 5)");
  }

  @Test
  void aBatchOfEventsThatIsTooLargeIsRefusedAsAWhole() {
    Row large = Row.of(Key.of(1), Map.of(), Map.of(), Map.of("x", Value.of("x".repeat(40_000))));
    int count = Limits.BATCH_BYTES_MAX / 40_000 + 1;
    List<Row> rows = Collections.nCopies(count, large);
    assertRefused(
        new Mutation.Put(rows, events(LongStream.range(0, count).toArray())),
        ErrorCode.TOO_LARGE,
        "batch: more than");
    assertThat(table.info().rowCount()).isZero();
  }

  @Test
  void asManySourcesAreRememberedAsTheLimitSaysAndOthersAreRefused() {
    List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
    for (int partition = 0; partition < Limits.SOURCES_MAX; partition++) {
      writes.add(table.write(new Mutation.Merge(List.of(click(1)), events("many", partition, 0))));
      if (partition % 1_000 == 999) {
        writes.forEach(CompletableFuture::join);
      }
    }
    writes.forEach(CompletableFuture::join);
    Mutation another = new Mutation.Merge(List.of(click(1)), events("another", 3, 0));
    assertRefused(another, ErrorCode.TOO_LARGE, "source: another, partition 3");
    assertThat(write(events("many", 0, 1), 1).applied()).isEqualTo(1);
    reopen();
    assertRefused(another, ErrorCode.TOO_LARGE, "source: another, partition 3");
    assertThat(write(events("many", 5, 0), 1).repeated()).isEqualTo(1);
    assertThat(clicks(1)).isEqualTo(Limits.SOURCES_MAX + 1);
  }
}
