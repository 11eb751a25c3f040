package io.kindred.stream.run;

import io.kindred.engine.KindredException;
import io.kindred.stream.DeadLetter;
import io.kindred.stream.StartAt;
import io.kindred.stream.config.DeadLetterDefinition;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.config.PipelineDefinition.RetryDefinition;
import io.kindred.stream.config.SourceDefinition;
import io.kindred.stream.dead.DeadLetterFile;
import io.kindred.stream.dead.DeadLetterTopic;
import io.kindred.stream.dead.DeadLetters;
import io.kindred.stream.file.FileSource;
import io.kindred.stream.kafka.KafkaClients;
import io.kindred.stream.kafka.KafkaSource;
import io.kindred.stream.source.Source;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A pipeline from its start until it is stopped or fails. One use. Run by one thread; may be
/// stopped by any.
final class PipelineRun implements AutoCloseable {
  private final Plan plan;
  private final Circuits circuits;
  private final BatchWork work;
  private final Source source;
  private final Lanes lanes;
  private final PushGate gate;
  private final Sweeper sweeper;
  private final Deque<AutoCloseable> opened;

  private PipelineRun(
      Plan plan, Circuits circuits, BatchWork work, Source source, Deque<AutoCloseable> opened) {
    this.plan = plan;
    this.circuits = circuits;
    this.work = work;
    this.source = source;
    this.lanes = new Lanes(work, circuits, source::stop);
    this.gate = new PushGate(work, circuits);
    this.sweeper = new Sweeper(plan, work.context().meter(), this::watermark);
    this.opened = opened;
  }

  /// @throws io.kindred.engine.KindredException where what the pipeline names is not there or does
  ///   not fit
  /// @throws io.kindred.stream.source.SourceException where Kafka's clients or the dead letters
  ///   cannot be opened
  static PipelineRun open(RunContext context, Optional<StartAt> start) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      PipelineDefinition definition = context.definition();
      Plan plan = Plan.compile(definition, context.store());
      opened.push(plan);
      Circuits circuits = circuits(context);
      KafkaClients clients =
          definition.source() instanceof SourceDefinition.Kafka kafka
              ? new KafkaClients(kafka)
              : null;
      DeadLetters letters = letters(definition, clients);
      if (letters != null) {
        opened.push(letters);
      }
      Source source = source(context, clients, start);
      opened.push(source);
      Tracing tracing = new Tracing(context.options().telemetry(), context.name());
      BatchWork work =
          new BatchWork(
              context,
              new Processor(plan, circuits.steps(), tracing, context.meter()),
              new SinkWriter(plan.table(), circuits.sink(), tracing, context.meter()),
              new LetterWriter(context, letters, circuits.deadLetters()),
              tracing);
      return new PipelineRun(plan, circuits, work, source, opened);
    } catch (RuntimeException e) {
      closeAll(opened);
      throw e;
    }
  }

  private static Circuits circuits(RunContext context) {
    RetryDefinition retry = context.definition().retry();
    Consumer<String> onRetry =
        reason -> {
          context.meter().retries.add(1);
          context.options().listener().retried(context.name(), reason);
        };
    return new Circuits(
        circuit("steps", context, retry, onRetry),
        circuit("sink", context, retry, onRetry),
        circuit("dead letters", context, retry, onRetry));
  }

  private static Circuit circuit(
      String name, RunContext context, RetryDefinition retry, Consumer<String> onRetry) {
    return new Circuit(name, retry, context.health(), context.options().clock(), onRetry);
  }

  private static @Nullable DeadLetters letters(
      PipelineDefinition definition, @Nullable KafkaClients clients) {
    return switch (definition.deadLetters()) {
      case DeadLetterDefinition.Topic topic when clients != null ->
          DeadLetterTopic.open(clients, topic.name().value());
      case DeadLetterDefinition.Topic topic -> throw misplaced(topic);
      case DeadLetterDefinition.File file -> DeadLetterFile.open(file.path().value());
      case null -> null;
    };
  }

  /// The newest dead letters of a pipeline that is not running, newest first.
  ///
  /// @throws KindredException where the pipeline has none
  static List<DeadLetter> newestLetters(PipelineDefinition definition, int limit)
      throws InterruptedException {
    switch (definition.deadLetters()) {
      case DeadLetterDefinition.Topic topic
          when definition.source() instanceof SourceDefinition.Kafka kafka -> {
        try (DeadLetters letters =
            DeadLetterTopic.open(new KafkaClients(kafka), topic.name().value())) {
          return letters.newest(limit);
        }
      }
      case DeadLetterDefinition.Topic topic -> throw misplaced(topic);
      case DeadLetterDefinition.File file -> {
        return DeadLetterFile.newest(file.path().value(), limit);
      }
      case null -> throw LetterWriter.none(definition.name().value());
    }
  }

  private static KindredException misplaced(DeadLetterDefinition.Topic topic) {
    return topic.name().problem("a file, since the source is not Kafka");
  }

  private static Source source(
      RunContext context, @Nullable KafkaClients clients, Optional<StartAt> start) {
    return switch (context.definition().source()) {
      case SourceDefinition.Kafka kafka when clients != null ->
          KafkaSource.open(
              clients, context.generation(), start.orElseGet(() -> first(kafka.from())));
      case SourceDefinition.Kafka _ -> throw new AssertionError("Kafka without its clients");
      case SourceDefinition.Files files ->
          new FileSource(
              files,
              context.memory(),
              context.options().clock(),
              start.orElse(StartAt.Earliest.EARLIEST));
      case SourceDefinition.Push _ -> new PushSource();
    };
  }

  private static StartAt first(SourceDefinition.From from) {
    return switch (from) {
      case EARLIEST -> StartAt.Earliest.EARLIEST;
      case LATEST -> StartAt.Latest.LATEST;
    };
  }

  /// Processes events until the run is stopped, or its source ends.
  ///
  /// @param onReachable called whenever the source answers
  /// @throws RuntimeException what made a lane or the source fail
  void run(Runnable onReachable) throws InterruptedException {
    lanes.onReachable(onReachable);
    try (sweeper) {
      sweeper.start();
      source.run(lanes);
      gate.close();
    }
    Optional<Throwable> failure = lanes.failure();
    if (failure.isPresent()) {
      throw failure.get() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(failure.get());
    }
  }

  void stop() {
    source.stop();
  }

  /// Up to which event time counts are kept.
  Optional<Instant> watermark() {
    return isPush() ? gate.watermark().latest() : lanes.watermark();
  }

  boolean isPush() {
    return plan.definition().source() instanceof SourceDefinition.Push;
  }

  PushGate gate() {
    return gate;
  }

  Lanes lanes() {
    return lanes;
  }

  Circuits circuits() {
    return circuits;
  }

  BatchWork work() {
    return work;
  }

  @Override
  public void close() {
    closeAll(opened);
  }

  /// Closes all in the reverse order of their opening; what fails does not keep the others open.
  private static void closeAll(Deque<AutoCloseable> opened) {
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failure = failure == null ? new IllegalStateException("closing a pipeline", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
