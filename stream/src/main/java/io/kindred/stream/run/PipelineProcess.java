package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.stream.DeadLetter;
import io.kindred.stream.PipelineOptions;
import io.kindred.stream.PipelineState;
import io.kindred.stream.PipelineStatus;
import io.kindred.stream.PushRequest;
import io.kindred.stream.PushResult;
import io.kindred.stream.ReplayResult;
import io.kindred.stream.ResetResult;
import io.kindred.stream.StartAt;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.config.PipelineDefinition.RetryDefinition;
import io.kindred.stream.source.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A pipeline of this process: keeps it running, as long as nobody paused it, and starts it again
/// where it fails. Thread-safe; the runs themselves are on a thread of its own.
public final class PipelineProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineProcess.class);
  private static final Duration STOP_MAX = Duration.ofSeconds(20);
  private static final int LETTERS_MAX = 1000;

  private final Supplier<PipelineDefinition> reader;
  private final PipelineOptions options;
  private final Store store;
  private final StateTable state;
  private final Meter meter = new Meter();
  private final Health health = new Health();
  private final Thread thread;
  private final Semaphore replaying = new Semaphore(1);

  /// Guards what follows; waiters are told of every change.
  private final Object monitor = new Object();

  private PipelineDefinition definition;
  private PipelineRecord record;
  private PipelineState phase;
  private @Nullable PipelineRun run;
  private boolean isClosed;

  /// What was asked for last; a run that began before is stopped.
  private long asked;

  /// Resets that are under way: no run begins meanwhile.
  private int resets;

  private volatile PipelineState told;

  private PipelineProcess(
      Supplier<PipelineDefinition> reader, Store store, PipelineOptions options) {
    this.reader = reader;
    this.definition = reader.get();
    this.options = options;
    this.store = store;
    this.state = new StateTable(store);
    this.record = state.read(name());
    this.phase = new PipelineState.Starting(now());
    this.told = phase;
    this.thread = Thread.ofPlatform().name("kindred-pipeline-" + name()).unstarted(this::work);
  }

  /// Starts a pipeline.
  ///
  /// @param reader reads its definition, now and when it is resumed after it failed
  /// @throws KindredException where the definition does not hold together
  public static PipelineProcess start(
      Supplier<PipelineDefinition> reader, Store store, PipelineOptions options) {
    PipelineProcess process = new PipelineProcess(reader, store, options);
    process.thread.start();
    return process;
  }

  public String name() {
    return definition.name().value();
  }

  private Instant now() {
    return options.clock().instant();
  }

  private void work() {
    int failures = 0;
    while (true) {
      RunContext context;
      long begun;
      synchronized (monitor) {
        if (isClosed) {
          return;
        }
        if (resets > 0) {
          awaitResets();
          continue;
        }
        begun = asked;
        if (record.pausedBy().isPresent()) {
          set(new PipelineState.Paused(record.pausedBy().get(), now()));
          awaitChange(begun, Optional.empty());
          continue;
        }
        if (!(phase instanceof PipelineState.Broken)) {
          set(new PipelineState.Starting(now()));
        }
        context =
            new RunContext(definition, options, store, state, meter, health, record.generation());
      }
      Instant startedAt = now();
      try {
        runOnce(context, begun);
        failures = 0;
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        Duration lasted = Duration.between(startedAt, now());
        failures = lasted.compareTo(definition.retry().most()) > 0 ? 1 : failures + 1;
        failed(e, failures, begun);
      }
    }
  }

  private void awaitResets() {
    try {
      while (resets > 0 && !isClosed) {
        monitor.wait();
      }
    } catch (InterruptedException e) {
      isClosed = true;
    }
  }

  private void runOnce(RunContext context, long begun) throws InterruptedException {
    try (PipelineRun current = PipelineRun.open(context, record.start())) {
      synchronized (monitor) {
        if (asked != begun) {
          return;
        }
        run = current;
      }
      current.run(() -> reached(begun));
      synchronized (monitor) {
        run = null;
        monitor.notifyAll();
        if (asked == begun) {
          set(new PipelineState.Finished(now()));
          awaitChange(begun, Optional.empty());
        }
      }
    } finally {
      synchronized (monitor) {
        run = null;
        monitor.notifyAll();
      }
    }
  }

  /// The source answers.
  private void reached(long begun) {
    synchronized (monitor) {
      if (asked == begun && !(phase instanceof PipelineState.Running)) {
        set(new PipelineState.Running(now()));
      }
    }
  }

  private void failed(Throwable failure, int failures, long begun) {
    String reason = String.valueOf(failure.getMessage());
    synchronized (monitor) {
      if (isClosed || asked != begun) {
        return;
      }
      if (!isTriedAgain(failure)) {
        if (!(failure instanceof KindredException)) {
          LOG.warn("pipeline failed, resume it once the cause is gone name={}", name(), failure);
        }
        set(new PipelineState.Failed(reason, now()));
        awaitChange(begun, Optional.empty());
        return;
      }
      Duration pause = pause(failures);
      set(new PipelineState.Broken(reason, since(), now().plus(pause)));
      awaitChange(begun, Optional.of(pause));
    }
  }

  /// Whether what failed lies outside of the pipeline's file and may come back: a table, Kafka, the
  /// engine.
  private static boolean isTriedAgain(Throwable failure) {
    if (failure instanceof KindredException e) {
      return Circuit.heals(e) || e.code() == ErrorCode.TABLE_NOT_FOUND;
    }
    return failure instanceof SourceException;
  }

  /// Since when it has been broken.
  private Instant since() {
    return phase instanceof PipelineState.Broken(_, Instant since, _) ? since : now();
  }

  private Duration pause(int failures) {
    RetryDefinition retry = definition.retry();
    long factor = 1L << Math.min(failures - 1, 30);
    Duration pause = retry.first().multipliedBy(factor);
    return pause.compareTo(retry.most()) < 0 ? pause : retry.most();
  }

  private void awaitChange(long begun, Optional<Duration> most) {
    long deadline = System.nanoTime() + most.map(Duration::toNanos).orElse(0L);
    try {
      while (asked == begun && !isClosed) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (most.isEmpty()) {
          monitor.wait();
        } else if (left > 0) {
          monitor.wait(left);
        } else {
          return;
        }
      }
    } catch (InterruptedException e) {
      isClosed = true;
    }
  }

  private void set(PipelineState next) {
    phase = next;
    monitor.notifyAll();
    tell();
  }

  /// Tells listener and log of a state that they have not heard of yet. Called once a second too,
  /// since troubles come and go within a run.
  private void tell() {
    PipelineState now = state();
    if (now.name().equals(told.name())) {
      return;
    }
    told = now;
    options.listener().stateChanged(name(), now);
    switch (now) {
      case PipelineState.Failed it ->
          LOG.warn(
              "pipeline failed, put it right and resume it name={} reason={}", name(), it.reason());
      case PipelineState.Broken it ->
          LOG.warn("pipeline broken, tried again by itself name={} reason={}", name(), it.reason());
      case PipelineState.Retrying it ->
          LOG.info("pipeline retrying name={} reason={}", name(), it.reason());
      default -> LOG.info("pipeline {} name={}", now.name(), name());
    }
  }

  private PipelineState state() {
    synchronized (monitor) {
      if (!(phase instanceof PipelineState.Running)) {
        return phase;
      }
      return health
          .worst()
          .<PipelineState>map(
              it ->
                  it.isCircuitOpen()
                      ? new PipelineState.Broken(it.reason(), it.since(), it.next())
                      : new PipelineState.Retrying(
                          it.reason(), it.since(), it.attempt(), it.next()))
          .orElse(phase);
    }
  }

  /// Called once a second by one thread.
  public void tick() {
    meter.sample();
    tell();
  }

  /// Waits until it is no longer starting.
  ///
  /// @return its state then, or after that time
  public PipelineState awaitStart(Duration most) throws InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
    synchronized (monitor) {
      long left = most.toMillis();
      while (phase instanceof PipelineState.Starting && !isClosed && left > 0) {
        monitor.wait(left);
        left = (deadline - System.nanoTime()) / 1_000_000;
      }
      return state();
    }
  }

  /// Stops reading, and returns once what was begun is done.
  public void pause(String by) throws InterruptedException {
    synchronized (monitor) {
      change(record.withPausedBy(Optional.of(by)));
      awaitStopped();
      record.pausedBy().ifPresent(it -> set(new PipelineState.Paused(it, now())));
    }
  }

  /// Goes on where it stopped. The file of a pipeline that failed is read again.
  ///
  /// @throws KindredException where the file does not hold together
  public void resume() {
    synchronized (monitor) {
      if (phase instanceof PipelineState.Failed) {
        definition = reader.get();
      }
      change(record.withPausedBy(Optional.empty()));
      if (run == null) {
        set(new PipelineState.Starting(now()));
      }
    }
  }

  /// Begins a new generation, which reads the source from there.
  ///
  /// @throws KindredException where the source cannot be begun there
  public ResetResult reset(StartAt start) throws InterruptedException {
    SourceNames.requireBegins(definition.source(), start);
    synchronized (monitor) {
      resets++;
      try {
        stop();
        awaitStopped();
        change(record.withNextGeneration(start));
        if (record.pausedBy().isEmpty()) {
          set(new PipelineState.Starting(now()));
        }
        return new ResetResult(record.generation(), start, consequence(start));
      } finally {
        resets--;
        monitor.notifyAll();
      }
    }
  }

  private String consequence(StartAt start) {
    String table = definition.sink().table().value();
    return switch (start) {
      case StartAt.Latest _ ->
          "Rows of table " + table + " keep what was merged; events before are left out.";
      case StartAt.Earliest _, StartAt.Time _ ->
          "Rows of table "
              + table
              + " keep what was merged, and events that are read again are merged once more: they"
              + " count twice in means and counters, unless the table was emptied first.";
    };
  }

  /// Checks a pipeline without starting it or changing anything.
  ///
  /// @throws KindredException where it does not hold together
  public static void check(PipelineDefinition definition, Store store) {
    Plan.check(definition, store);
  }

  private void change(PipelineRecord next) {
    if (!next.equals(record)) {
      state.write(name(), next);
      record = next;
    }
    stop();
  }

  private void stop() {
    asked++;
    if (run != null) {
      run.stop();
    }
    monitor.notifyAll();
  }

  private void awaitStopped() throws InterruptedException {
    long deadline = System.nanoTime() + STOP_MAX.toNanos();
    while (run != null) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw KindredException.of(
            ErrorCode.NOT_READY,
            "pipeline",
            name() + " still stops",
            "it to stop within " + STOP_MAX);
      }
      monitor.wait(left);
    }
  }

  /// Pushes events into the pipeline.
  ///
  /// @throws KindredException where it takes none: it has another source, or is not running
  public CompletableFuture<PushResult> push(PushRequest request) {
    PipelineRun current = running();
    if (!current.isPush()) {
      throw KindredException.of(
          ErrorCode.UNSUPPORTED, "pipeline", name(), "one with the source push");
    }
    return current.gate().push(request);
  }

  private PipelineRun running() {
    synchronized (monitor) {
      if (run == null) {
        throw KindredException.of(
            ErrorCode.NOT_READY,
            "pipeline",
            name() + " is " + state().name(),
            "one that is running");
      }
      return run;
    }
  }

  /// The newest dead letters, newest first.
  ///
  /// @throws KindredException where the pipeline has none
  public List<DeadLetter> deadLetters(int limit) throws InterruptedException {
    if (limit < 1 || limit > LETTERS_MAX) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "limit", limit, "1 to " + LETTERS_MAX);
    }
    PipelineRun current;
    PipelineDefinition now;
    synchronized (monitor) {
      current = run;
      now = definition;
    }
    return current == null
        ? PipelineRun.newestLetters(now, limit)
        : current.work().letters().require().newest(limit);
  }

  /// Takes dead letters through the pipeline again, from where the last replay ended.
  ///
  /// @throws KindredException where the pipeline has none, is not running, or is replaying
  public ReplayResult replay() throws InterruptedException {
    PipelineRun current = running();
    if (!replaying.tryAcquire()) {
      throw KindredException.of(
          ErrorCode.NOT_READY, "pipeline", name() + " is replaying", "one replay at a time");
    }
    try {
      Map<Integer, Long> from;
      synchronized (monitor) {
        from = record.replayed();
      }
      return new Replay(current.work(), from, this::remember).run();
    } finally {
      replaying.release();
    }
  }

  private void remember(Map<Integer, Long> replayed) {
    synchronized (monitor) {
      record = record.withReplayed(replayed);
      state.write(name(), record);
    }
  }

  public PipelineStatus status() {
    synchronized (monitor) {
      List<PipelineStatus.Partition> partitions = run == null ? List.of() : run.lanes().statuses();
      return new PipelineStatus(
          name(),
          SourceNames.of(definition.source()),
          definition.sink().table().value(),
          state(),
          record.generation(),
          meter.stepStatuses(),
          meter.counts(),
          meter.rates(),
          partitions.stream().mapToLong(PipelineStatus.Partition::lag).sum(),
          meter.latencies.latency(),
          run == null ? Map.of() : run.circuits().states(),
          partitions,
          run == null ? null : run.watermark().orElse(null),
          SourceNames.of(definition.deadLetters()));
    }
  }

  /// Stops the pipeline, once what was begun is done.
  @Override
  public void close() {
    synchronized (monitor) {
      isClosed = true;
      stop();
    }
    try {
      if (!thread.join(STOP_MAX)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
