package io.kindred.app.bulk;

import io.kindred.app.tables.Tables;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.WriteResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// Batches on their way into a table: several are unacknowledged at a time, and their outcomes are
/// taken in the order sent. A batch that the store had no room for is sent again under the same
/// operation id until it is taken, for at most a minute, and one that the store put off as long as
/// the import is paused there. Owned by the importing thread.
final class Pipeline {
  private static final int IN_FLIGHT_MAX = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Tables tables;
  private final String table;
  private final Outcome outcome;
  private final Consumer<String> waiting;
  private final Deque<Sent> inFlight = new ArrayDeque<>();

  private record Sent(Batch batch, CompletableFuture<WriteResult> result) {}

  /// What is done with an acknowledged batch.
  interface Outcome {
    void stored(Batch batch, WriteResult result) throws IOException;
  }

  /// @param waiting hears why a batch has to wait
  Pipeline(Tables tables, String table, Outcome outcome, Consumer<String> waiting) {
    this.tables = tables;
    this.table = table;
    this.outcome = outcome;
    this.waiting = waiting;
  }

  /// Sends a batch that has rows, and first waits for another to be acknowledged where there are
  /// too many.
  void send(Batch batch) throws IOException {
    if (inFlight.size() == IN_FLIGHT_MAX) {
      takeFirst();
    }
    inFlight.add(new Sent(batch, put(batch)));
  }

  /// Waits until everything sent is acknowledged.
  void drain() throws IOException {
    while (!inFlight.isEmpty()) {
      takeFirst();
    }
  }

  private void takeFirst() throws IOException {
    Sent first = inFlight.removeFirst();
    CompletableFuture<WriteResult> result = first.result();
    Duration pause = FIRST_PAUSE;
    Duration waited = Duration.ZERO;
    while (true) {
      try {
        outcome.stored(first.batch(), result.join());
        return;
      } catch (CompletionException e) {
        KindredException cause = refusal(e, waited);
        waiting.accept(cause.getMessage());
        sleep(pause);
        waited = cause.code() == ErrorCode.PAUSED ? Duration.ZERO : waited.plus(pause);
        pause = shorter(pause.multipliedBy(2), LAST_PAUSE);
        result = put(first.batch());
      }
    }
  }

  private CompletableFuture<WriteResult> put(Batch batch) {
    try {
      return tables.put(table, batch.put());
    } catch (KindredException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// The failure, where sending again may help.
  private static KindredException refusal(CompletionException failure, Duration waited) {
    if (!(failure.getCause() instanceof KindredException cause)) {
      throw failure;
    }
    boolean isTemporary =
        switch (cause.code().kind()) {
          case OVERLOADED, UNAVAILABLE -> true;
          case INVALID, NOT_FOUND, CONFLICT, TOO_LARGE, INTERNAL -> false;
        };
    if (!isTemporary || waited.compareTo(PATIENCE) >= 0) {
      throw cause;
    }
    return cause;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KindredException(ErrorCode.NOT_READY, "import interrupted", e);
    }
  }
}
