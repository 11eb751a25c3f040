package io.kindred.client;

import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.WriteResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Puts any number of rows: in batches, several under way at a time, as many as the client allows.
/// Batches may be stored in another order than they were added; rows of one id that must keep
/// theirs need an `event_time`.
///
/// Owned by one thread, but for the listener, which is called on network threads.
public final class RowWriter implements AutoCloseable {
  private static final int BATCH_BYTES_MAX = 8 * 1024 * 1024;

  /// Hears of each batch that was answered. It must not block.
  @FunctionalInterface
  public interface Listener {
    /// @param firstRow how many rows were added before the batch's first one
    /// @param rows how many the batch had
    /// @param response which of them were rejected, among others
    void written(long firstRow, int rows, WriteResponse response);
  }

  private final KindredClient client;
  private final String table;
  private final int batchRows;
  private final Listener listener;
  private final Phaser underWay = new Phaser(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private PutRequest.Builder batch;
  private long firstRow;
  private long batchBytes;

  RowWriter(KindredClient client, String table, int batchRows, Listener listener) {
    if (batchRows < 1 || batchRows > 10_000) {
      throw new IllegalArgumentException("batchRows: " + batchRows + " (expected: 1 to 10000)");
    }
    this.client = client;
    this.table = table;
    this.batchRows = batchRows;
    this.listener = listener;
    this.batch = PutRequest.newBuilder().setTable(table);
  }

  /// Adds a row. Sends a batch when one is full, and waits where too many are under way.
  ///
  /// @throws CallFailedException where an earlier batch could not be stored
  public void add(Row row) {
    batch.addRows(row);
    batchBytes += row.getSerializedSize();
    if (batch.getRowsCount() >= batchRows || batchBytes >= BATCH_BYTES_MAX) {
      send();
    }
  }

  /// Sends what was added and waits until everything is answered.
  ///
  /// @throws CallFailedException where a batch could not be stored
  public void flush() {
    send();
    underWay.arriveAndAwaitAdvance();
    throwFailure();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failure is kept for the next call
  private void send() {
    throwFailure();
    int rows = batch.getRowsCount();
    if (rows == 0) {
      return;
    }
    long first = firstRow;
    CompletableFuture<WriteResponse> answer = client.putAsync(batch.build());
    underWay.register();
    answer.whenComplete((response, thrown) -> answered(first, rows, response, thrown));
    firstRow += rows;
    batchBytes = 0;
    batch = PutRequest.newBuilder().setTable(table);
  }

  private void answered(
      long first, int rows, @Nullable WriteResponse response, @Nullable Throwable thrown) {
    try {
      if (response != null) {
        listener.written(first, rows, response);
      }
      if (thrown != null) {
        failure.compareAndSet(null, thrown);
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      underWay.arriveAndDeregister();
    }
  }

  private void throwFailure() {
    Throwable thrown = failure.get();
    if (thrown instanceof CallFailedException known) {
      throw known;
    }
    if (thrown != null) {
      throw new IllegalStateException("a batch could not be written", thrown);
    }
  }

  /// As [#flush()].
  @Override
  public void close() {
    flush();
  }
}
