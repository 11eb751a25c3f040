package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Table;
import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import io.kindred.stream.Rejection;
import io.kindred.stream.event.Event;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Writes batches to a pipeline's table, until each is durable. Thread-safe; the batches of one
/// partition are written one after another.
final class SinkWriter {
  private final Table table;
  private final Circuit circuit;
  private final Tracing tracing;
  private final Meter meter;

  SinkWriter(Table table, Circuit circuit, Tracing tracing, Meter meter) {
    this.table = table;
    this.circuit = circuit;
    this.tracing = tracing;
    this.meter = meter;
  }

  /// The name of the table.
  String table() {
    return table.spec().name();
  }

  /// Names the origin of the events of a batch from one index to another.
  @FunctionalInterface
  interface Origins {
    Origin of(int from, int to);
  }

  /// The origins of events of a source's partition.
  ///
  /// @param offsets of the batch's written events
  static Origins events(String source, int partition, long[] offsets) {
    return (from, to) ->
        new Origin.Events(source, partition, Arrays.copyOfRange(offsets, from, to));
  }

  /// A write that has been begun. Owned by one thread.
  final class Write {
    private final Batch batch;
    private final Origins origins;
    private final Tracing.Phase phase;
    private @Nullable CompletableFuture<WriteResult> first;
    private @Nullable Token token;

    private Write(Batch batch, Origins origins) {
      this.batch = batch;
      this.origins = origins;
      this.phase = tracing.phase(batch.written(), Plan.WRITE);
      this.first = batch.merges().isEmpty() ? null : submit(0, batch.merges().size());
    }

    private CompletableFuture<WriteResult> submit(int from, int to) {
      List<RowMerge> merges = batch.merges().subList(from, to);
      try {
        return table.write(new Mutation.Merge(merges, origins.of(from, to)));
      } catch (KindredException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /// Waits until the batch is durable, trying again what may heal, and rejects the events whose
    /// change the table refused.
    void finish() throws InterruptedException {
      try (phase) {
        if (!batch.merges().isEmpty()) {
          finish(0, batch.merges().size());
        }
      }
    }

    private void finish(int from, int to) throws InterruptedException {
      try {
        take(from, circuit.call(to - from, _ -> Circuit.await(firstOr(from, to))));
      } catch (KindredException e) {
        if (e.code() != ErrorCode.TOO_LARGE) {
          throw e;
        }
        if (to - from == 1) {
          reject(from, e.code(), String.valueOf(e.getMessage()));
        } else {
          int middle = (from + to) >>> 1;
          finish(from, middle);
          finish(middle, to);
        }
      }
    }

    private CompletableFuture<WriteResult> firstOr(int from, int to) {
      CompletableFuture<WriteResult> begun = first;
      first = null;
      return begun == null ? submit(from, to) : begun;
    }

    private void take(int from, WriteResult result) {
      meter.applied.add(result.applied());
      meter.repeated.add(result.repeated());
      meter.stale.add(result.stale());
      token = result.token();
      for (WriteResult.Rejection rejection : result.rejected()) {
        reject(from + rejection.index(), rejection.code(), rejection.message());
      }
    }

    private void reject(int index, ErrorCode code, String message) {
      Event event = batch.written().get(index);
      event.reject(new Rejection(Plan.WRITE, code.name(), message));
    }

    Batch batch() {
      return batch;
    }

    /// From where a read sees the batch, if anything was written.
    Optional<Token> token() {
      return Optional.ofNullable(token);
    }
  }

  /// Begins to write a batch. The batch before it, of the same partition, must have been finished:
  /// one that was refused must not be overtaken.
  Write begin(Batch batch, Origins origins) {
    return new Write(batch, origins);
  }
}
