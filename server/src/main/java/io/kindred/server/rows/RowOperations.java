package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.Store;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import io.kindred.server.events.EventTail;
import io.kindred.server.tasks.Imports;
import io.kindred.server.telemetry.TableTraffic;
import io.kindred.server.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads and writes of rows, as REST and gRPC share them: counted, and with bounded answers.
/// Thread-safe.
public final class RowOperations {
  public static final int SAMPLE_DEFAULT = 100;

  private static final int ROWS_AT_A_TIME = 256;

  private final Store store;
  private final Telemetry telemetry;
  private final EventTail events;
  private final Imports imports;

  public RowOperations(Store store, Telemetry telemetry, EventTail events, Imports imports) {
    this.store = store;
    this.telemetry = telemetry;
    this.events = events;
    this.imports = imports;
  }

  /// Stores the good rows of the batch.
  public CompletableFuture<WriteOutcome> put(
      Table table, RowBatch batch, @Nullable String operationId) {
    imports.require(operationId);
    Mutation put = new Mutation.Put(batch.rows(), Origin.ofOperation(operationId));
    return write("put", table, batch, put)
        .whenComplete(
            (outcome, thrown) -> {
              if (thrown == null) {
                imports.wrote(operationId, table.spec().name(), batch.rows().size());
              }
            });
  }

  /// Changes the rows that the good rows of the batch name.
  public CompletableFuture<WriteOutcome> update(
      Table table, RowBatch batch, @Nullable String operationId) {
    return write(
        "update", table, batch, new Mutation.Update(batch.rows(), Origin.ofOperation(operationId)));
  }

  private CompletableFuture<WriteOutcome> write(
      String kind, Table table, RowBatch batch, Mutation mutation) {
    if (batch.rows().isEmpty()) {
      return CompletableFuture.completedFuture(batch.outcome(nothingWritten()));
    }
    TableTraffic traffic = telemetry.traffic(table.spec().name());
    return table
        .write(mutation)
        .thenApply(
            result -> {
              traffic.wrote(result.applied());
              requireOwn(result, batch.rows().size());
              if (events.tail().isWatched()) {
                List<Key> keys = batch.rows().stream().limit(8).map(Row::key).toList();
                events.rows(kind, table.spec().name(), keys, result.applied());
              }
              return batch.outcome(result);
            });
  }

  /// A remembered operation answers as it did the first time, whatever it is given now. Indices
  /// beyond this request's show that it was another one.
  private static void requireOwn(WriteResult result, int count) {
    boolean isOwn =
        result.missing().stream().allMatch(index -> index < count)
            && result.rejected().stream().allMatch(row -> row.index() < count);
    if (!isOwn) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "operation_id",
          "that of another request, which was applied",
          "an id of this request's own");
    }
  }

  private static WriteOutcome own(WriteResult result, int count) {
    requireOwn(result, count);
    return WriteOutcome.of(result);
  }

  private WriteResult nothingWritten() {
    StoreInfo info = store.info();
    Token token = new Token(info.logId(), info.committedPosition());
    return new WriteResult(0, 0, 0, List.of(), List.of(), token);
  }

  public CompletableFuture<WriteOutcome> delete(
      Table table, List<Key> keys, @Nullable String operationId) {
    requireBatch("ids", keys.size());
    if (keys.isEmpty()) {
      return CompletableFuture.completedFuture(WriteOutcome.of(nothingWritten()));
    }
    return table
        .write(new Mutation.Delete(keys, Origin.ofOperation(operationId)))
        .thenApply(
            result -> {
              events.rows("delete", table.spec().name(), keys, result.applied());
              return own(result, keys.size());
            });
  }

  public CompletableFuture<WriteOutcome> deleteWhere(
      Table table, Filter filter, @Nullable String operationId) {
    return table
        .write(new Mutation.DeleteWhere(filter, Origin.ofOperation(operationId)))
        .thenApply(
            result -> {
              events.rows("delete", table.spec().name(), List.of(), result.applied());
              return own(result, 0);
            });
  }

  /// Counts a read of vectors alone, which the caller does, and tells those who watch.
  public void readVectors(Table table, int count, Supplier<List<Key>> firstKeys) {
    String name = table.spec().name();
    telemetry.traffic(name).read(count);
    if (events.tail().isWatched()) {
      events.rows("get", name, firstKeys.get(), count);
    }
  }

  /// The rows of the keys, in their order; absent rows are null.
  public List<@Nullable StoredRow> get(Table table, List<Key> keys, Projection projection) {
    requireBatch("ids", keys.size());
    telemetry.traffic(table.spec().name()).read(keys.size());
    events.rows("get", table.spec().name(), keys, keys.size());
    AnswerBudget budget = new AnswerBudget();
    List<@Nullable StoredRow> rows = new ArrayList<>(keys.size());
    for (int from = 0; from < keys.size(); from += ROWS_AT_A_TIME) {
      int to = Math.min(from + ROWS_AT_A_TIME, keys.size());
      for (StoredRow row : table.get(keys.subList(from, to), projection)) {
        if (row != null) {
          budget.require(row);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /// A page of rows in key order. It ends early where the answer would grow too large.
  public ScanPage scan(Table table, Scan scan) {
    if (scan.limit() < 1 || scan.limit() > Limits.SCAN_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "limit", scan.limit(), "1 to " + Limits.SCAN_ROWS_MAX);
    }
    AnswerBudget budget = new AnswerBudget();
    List<StoredRow> rows = new ArrayList<>();
    Key after = scan.after();
    int scanned = 0;
    do {
      int limit = Math.min(scan.limit() - scanned, ROWS_AT_A_TIME);
      ScanPage part = table.scan(after, limit, scan.filter(), scan.projection());
      for (StoredRow row : part.rows()) {
        if (!budget.admits(row)) {
          return counted(table, new ScanPage(rows, rows.getLast().key()));
        }
        rows.add(row);
      }
      after = part.next();
      scanned += limit;
    } while (after != null && scanned < scan.limit());
    return counted(table, new ScanPage(rows, after));
  }

  private ScanPage counted(Table table, ScanPage page) {
    telemetry.traffic(table.spec().name()).read(page.rows().size());
    if (events.tail().isWatched()) {
      List<Key> keys = page.rows().stream().limit(8).map(StoredRow::key).toList();
      events.rows("scan", table.spec().name(), keys, page.rows().size());
    }
    return page;
  }

  /// Rows spread evenly over a table.
  ///
  /// @param rowsEach how many rows each stands for: its own and those before it
  public record Sampled(List<StoredRow> rows, double rowsEach) {}

  /// About so many rows, spread evenly over the table, in key order.
  public Sampled sample(Table table, int count, Projection projection) {
    KeySample sample = table.sample(count);
    List<StoredRow> rows =
        get(table, sample.keys(), projection).stream().filter(Objects::nonNull).toList();
    return new Sampled(rows, sample.rowsEach());
  }

  /// @param after the page starts behind this key, or at the first one where it is null
  public record Scan(
      @Nullable Key after, int limit, @Nullable Filter filter, Projection projection) {
    public static final int LIMIT_DEFAULT = 1_000;
  }

  private static void requireBatch(String what, int count) {
    if (count > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, what, count, "at most " + Limits.BATCH_ROWS_MAX + " a request");
    }
  }
}
