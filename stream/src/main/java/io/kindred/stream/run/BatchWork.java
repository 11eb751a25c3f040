package io.kindred.stream.run;

import io.kindred.stream.PipelineListener;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import io.kindred.stream.run.SinkWriter.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// What is done with every batch, whoever brings it: process, put aside what was rejected, write,
/// put aside what the table refused. Thread-safe.
///
/// Rejected events are put aside durably before the others are written: what was written is skipped
/// when it is read again, and a rejection that is not there by then could be lost.
record BatchWork(
    RunContext context,
    Processor processor,
    SinkWriter sink,
    LetterWriter letters,
    Tracing tracing) {

  /// Waits for a write, and for the letters of what it refused; then tells how long that took.
  void finish(Write write) throws InterruptedException {
    settle(write);
    tell(write.batch());
  }

  /// Waits for a write, and for the letters of what it refused.
  void settle(Write write) throws InterruptedException {
    write.finish();
    Batch batch = write.batch();
    List<Event> refused =
        batch.written().stream().filter(it -> it.outcome() instanceof Outcome.Rejected).toList();
    letters.begin(refused).finish();
    processor.countWritten(batch);
    tracing.end(batch.events());
  }

  private void tell(Batch batch) {
    PipelineListener listener = context.options().listener();
    InstantSource clock = context.options().clock();
    Instant now = clock.instant();
    for (Event event : batch.written()) {
      if (event.isGoing()) {
        long millis = now.toEpochMilli() - event.source().timestampMillis();
        Duration latency = Duration.ofMillis(Math.max(millis, 0));
        context.meter().latencies.record(latency);
        listener.searchable(context.name(), latency);
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - batch.startNanos());
    listener.applied(context.name(), sink.table(), batch.applied(), took);
  }
}
