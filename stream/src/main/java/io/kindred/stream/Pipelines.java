package io.kindred.stream;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.config.PipelineFile;
import io.kindred.stream.decode.Decoders;
import io.kindred.stream.event.Scope;
import io.kindred.stream.run.PipelineProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The pipelines of a process, by name. Thread-safe.
///
/// They write into the store while they are open, so they are closed before it is.
public final class Pipelines implements AutoCloseable {
  private static final int PIPELINES_MAX = 64;

  private final Store store;
  private final PipelineOptions options;
  private final Map<String, PipelineProcess> processes = new ConcurrentSkipListMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kindred-pipelines").daemon().factory());

  private Pipelines(Store store, PipelineOptions options) {
    this.store = store;
    this.options = options;
  }

  /// No pipelines yet.
  public static Pipelines open(Store store, PipelineOptions options) {
    Pipelines pipelines = new Pipelines(store, options);
    ScheduledFuture<?> _ =
        pipelines.clock.scheduleAtFixedRate(pipelines::tick, 1, 1, TimeUnit.SECONDS);
    return pipelines;
  }

  private void tick() {
    processes.values().forEach(PipelineProcess::tick);
  }

  /// Starts the pipelines of a directory's `.yaml` and `.yml` files.
  ///
  /// @throws KindredException where one of them does not hold together; those before it were
  ///   started
  public void addAll(Path directory) {
    for (Path file : files(directory)) {
      add(file);
    }
  }

  private static List<Path> files(Path directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "pipelines: " + directory + " (expected: a directory of pipelines in YAML)",
          e);
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  /// Starts the pipeline of a file.
  public void add(Path file) {
    add(() -> PipelineFile.read(file, options.tables()));
  }

  /// Starts a pipeline that is given as text.
  ///
  /// @param label what errors call the text
  public void add(String label, String yaml) {
    add(() -> PipelineFile.parse(label, yaml, options.tables()));
  }

  private synchronized void add(Supplier<PipelineDefinition> reader) {
    PipelineDefinition definition = reader.get();
    String name = definition.name().value();
    if (processes.containsKey(name)) {
      throw definition.name().problem("a name that no other pipeline has");
    }
    if (processes.size() >= PIPELINES_MAX) {
      throw definition.name().problem("at most " + PIPELINES_MAX + " pipelines");
    }
    processes.put(name, PipelineProcess.start(reader, store, options));
  }

  /// All pipelines, by name.
  public List<PipelineStatus> list() {
    return processes.values().stream().map(PipelineProcess::status).toList();
  }

  /// @throws KindredException `PIPELINE_NOT_FOUND`, as all that names one
  public PipelineStatus status(String pipeline) {
    return require(pipeline).status();
  }

  /// Waits until a pipeline is no longer starting: once it is running it takes events.
  ///
  /// @return its state then, or after that time
  public PipelineState awaitStart(String pipeline, Duration most) throws InterruptedException {
    return require(pipeline).awaitStart(most);
  }

  /// Stops reading events, until the pipeline is resumed, also across restarts. Returns once what
  /// was begun is done.
  ///
  /// @param by who pauses it, for its status
  public void pause(String pipeline, String by) throws InterruptedException {
    require(pipeline).pause(by);
  }

  /// Goes on where the pipeline stopped. The file of one that failed is read again.
  public void resume(String pipeline) {
    require(pipeline).resume();
  }

  /// Begins a new generation of the pipeline, which reads its source from there.
  ///
  /// @throws KindredException `UNSUPPORTED` where the source cannot be begun there
  public ResetResult reset(String pipeline, StartAt start) throws InterruptedException {
    return require(pipeline).reset(start);
  }

  /// Checks the file of a pipeline against the store, without starting it or changing anything.
  ///
  /// @return its name
  /// @throws KindredException where it does not hold together, naming file, line and column
  public String validate(Path file) {
    return validate(PipelineFile.read(file, options.tables()));
  }

  /// As [#validate(Path)], of a pipeline that is given as text.
  ///
  /// @param label what errors call the text
  public String validate(String label, String yaml) {
    return validate(PipelineFile.parse(label, yaml, options.tables()));
  }

  private String validate(PipelineDefinition definition) {
    PipelineProcess.check(definition, store);
    return definition.name().value();
  }

  /// Checks the file of a pipeline as far as it goes without a store: that it is well formed, and
  /// what it says of events.
  ///
  /// @return its name
  /// @throws KindredException where it does not hold together, naming file, line and column
  public static String validate(Path file, TableReader tables) {
    PipelineDefinition definition = PipelineFile.read(file, tables);
    Decoders.of(definition.event(), new Scope());
    return definition.name().value();
  }

  /// Pushes events into a pipeline whose source is push. The future completes once they are durable
  /// and searchable. It fails with `OVERLOADED` where too many requests are under way, and with
  /// `NOT_READY` where the pipeline does not take any now; what then was applied is applied once
  /// where the request has an identity and is sent again.
  public CompletableFuture<PushResult> push(String pipeline, PushRequest request) {
    return require(pipeline).push(request);
  }

  /// The newest dead letters of a pipeline, newest first.
  ///
  /// @param limit 1 to 1,000
  public List<DeadLetter> deadLetters(String pipeline, int limit) throws InterruptedException {
    return require(pipeline).deadLetters(limit);
  }

  /// Takes dead letters through their pipeline again, from where the last replay ended to the last
  /// one that is there now. What is rejected again becomes a new letter.
  public ReplayResult replayDeadLetters(String pipeline) throws InterruptedException {
    return require(pipeline).replay();
  }

  private PipelineProcess require(String pipeline) {
    PipelineProcess process = processes.get(pipeline);
    if (process == null) {
      throw KindredException.of(
          ErrorCode.PIPELINE_NOT_FOUND, "pipeline", pipeline, "one of " + processes.keySet());
    }
    return process;
  }

  /// Stops all pipelines, once what they have begun is done.
  @Override
  public void close() {
    clock.shutdown();
    Collection<PipelineProcess> all = processes.values();
    List<Thread> closing = all.stream().map(it -> Thread.ofVirtual().start(it::close)).toList();
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
