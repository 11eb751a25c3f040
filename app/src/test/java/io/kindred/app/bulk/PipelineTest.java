package io.kindred.app.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.app.rows.RowItem;
import io.kindred.app.tables.Tables;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PipelineTest {
  /// Tables that answer when they are told to, and that count how much is unanswered. Owned by one
  /// thread.
  private static final class ReluctantTables implements Tables {
    private final List<String> operationIds = new ArrayList<>();
    private int refusals;
    private ErrorCode refusal = ErrorCode.OVERLOADED;

    @Override
    public CompletableFuture<WriteResult> put(String table, Mutation.Put put) {
      operationIds.add(String.valueOf(put.origin()));
      if (refusals > 0) {
        refusals--;
        return CompletableFuture.failedFuture(new KindredException(refusal, "table: full"));
      }
      return CompletableFuture.completedFuture(
          new WriteResult(put.rows().size(), 0, 0, List.of(), List.of(), new Token(1, 1)));
    }

    @Override
    public Optional<TableSpec> find(String table) {
      return Optional.empty();
    }

    @Override
    public void create(TableSpec spec) {}

    @Override
    public ScanPage scan(String table, @Nullable Key after, int limit) {
      return new ScanPage(List.of(), null);
    }

    @Override
    public boolean settle(String table) {
      return false;
    }

    @Override
    public String place() {
      return "here";
    }

    @Override
    public void close() {}
  }

  private final ReluctantTables tables = new ReluctantTables();
  private final List<Long> stored = new ArrayList<>();
  private final List<String> waits = new ArrayList<>();
  private final Pipeline pipeline =
      new Pipeline(tables, "t", (batch, _) -> stored.add(batch.place(0)), waits::add);

  private static Batch batch(long place) {
    Batch batch = new Batch("operation-" + place);
    batch.add(place, Row.of(Key.of(place), Map.of(), Map.of(), Map.of()));
    return batch;
  }

  @Test
  void outcomesAreTakenInTheOrderSent() throws IOException {
    for (int i = 0; i < 10; i++) {
      pipeline.send(batch(i));
    }
    assertThat(stored).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    pipeline.drain();
    assertThat(stored).hasSize(10).isSorted();
  }

  @Test
  void aRefusedBatchIsSentAgainUnderTheSameOperationId() throws IOException {
    tables.refusals = 3;
    pipeline.send(batch(7));
    pipeline.drain();

    assertThat(stored).containsExactly(7L);
    assertThat(tables.operationIds).hasSize(4).containsOnly("Operation[id=operation-7]");
    assertThat(waits).containsExactly("table: full", "table: full", "table: full");
  }

  @Test
  void aBatchThatIsPutOffIsSentAgain() throws IOException {
    tables.refusals = 2;
    tables.refusal = ErrorCode.PAUSED;
    pipeline.send(batch(7));
    pipeline.drain();

    assertThat(stored).containsExactly(7L);
    assertThat(tables.operationIds).hasSize(3).containsOnly("Operation[id=operation-7]");
  }

  @Test
  void whatNoRetryCanHelpIsThrown() throws IOException {
    tables.refusals = 1;
    tables.refusal = ErrorCode.TABLE_NOT_FOUND;
    pipeline.send(batch(7));

    assertThatThrownBy(pipeline::drain)
        .isInstanceOf(KindredException.class)
        .hasMessage("table: full");
    assertThat(tables.operationIds).hasSize(1);
  }

  @Test
  void aBatchIsFullByRowsOrByBytes() {
    Batch rows = new Batch("a");
    int count = 0;
    while (!rows.isFull()) {
      rows.add(count++, Row.of(Key.of(count), Map.of(), Map.of(), Map.of()));
    }
    assertThat(count).isEqualTo(1_000);
    Batch bytes = new Batch("b");
    int wide = 0;
    while (!bytes.isFull()) {
      bytes.add(wide++, Row.of(Key.of(wide), Map.of("v", new float[8192]), Map.of(), Map.of()));
    }
    assertThat(wide).isBetween(100, 130);
    Batch malformed = new Batch("c");
    malformed.add(new RowItem.Malformed(1, "x".repeat(5 << 20)));
    assertThat(malformed.isFull()).isTrue();
    assertThat(malformed.hasRows()).isFalse();
  }
}
