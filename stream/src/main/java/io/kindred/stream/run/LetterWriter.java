package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.stream.DeadLetter;
import io.kindred.stream.PipelineListener;
import io.kindred.stream.dead.DeadLetters;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Puts aside events that were rejected, until they are durable. Thread-safe.
final class LetterWriter {
  private final String pipeline;
  private final @Nullable DeadLetters letters;
  private final Circuit circuit;
  private final Meter meter;
  private final PipelineListener listener;
  private final InstantSource clock;

  /// @param letters null where callers are told instead
  LetterWriter(RunContext context, @Nullable DeadLetters letters, Circuit circuit) {
    this.pipeline = context.name();
    this.letters = letters;
    this.circuit = circuit;
    this.meter = context.meter();
    this.listener = context.options().listener();
    this.clock = context.options().clock();
  }

  Optional<DeadLetters> letters() {
    return Optional.ofNullable(letters);
  }

  /// The letters, or an error where the pipeline has none.
  DeadLetters require() {
    DeadLetters place = letters;
    if (place == null) {
      throw none(pipeline);
    }
    return place;
  }

  static KindredException none(String pipeline) {
    return KindredException.of(
        ErrorCode.UNSUPPORTED, "pipeline", pipeline, "one with dead_letters");
  }

  /// An addition that has been begun. Owned by one thread.
  final class Addition {
    private final List<DeadLetter> added;
    private @Nullable CompletableFuture<Void> first;

    private Addition(List<DeadLetter> added) {
      this.added = added;
      this.first = submit();
    }

    private CompletableFuture<Void> submit() {
      return letters == null || added.isEmpty()
          ? CompletableFuture.completedFuture(null)
          : letters.add(added);
    }

    /// Waits until the letters are durable, trying again what may heal.
    void finish() throws InterruptedException {
      if (added.isEmpty()) {
        return;
      }
      circuit.call(
          added.size(),
          _ -> {
            CompletableFuture<Void> begun = first;
            first = null;
            return Circuit.await(begun == null ? submit() : begun);
          });
      meter.deadLettered.add(added.size());
      added.forEach(letter -> listener.deadLettered(pipeline, letter));
    }
  }

  Addition begin(List<Event> rejected) {
    List<DeadLetter> added = new ArrayList<>();
    for (Event event : rejected) {
      if (event.outcome() instanceof Outcome.Rejected it) {
        added.add(new DeadLetter(pipeline, event.source(), it.rejection(), clock.instant()));
      }
    }
    return new Addition(added);
  }
}
