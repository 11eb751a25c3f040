package io.kindred.app.pipelines;

import io.kindred.app.config.ConfigException;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Store;
import io.kindred.server.events.EventTail;
import io.kindred.server.json.TableJson;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.stream.PipelineListener;
import io.kindred.stream.PipelineOptions;
import io.kindred.stream.PipelineState;
import io.kindred.stream.Pipelines;
import io.kindred.stream.TableReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The pipelines of a served store, one for each YAML file of a directory. Thread-safe. Closed
/// before the store.
public final class ServedPipelines implements AutoCloseable {
  /// A sink's table is written as the REST API takes it.
  public static final TableReader TABLES = TableJson::parse;

  private static final Duration START_MAX = Duration.ofSeconds(20);

  private final Pipelines pipelines;
  private final EventPipelines port;

  private ServedPipelines(Pipelines pipelines) {
    this.pipelines = pipelines;
    this.port = new StreamPipelines(pipelines);
  }

  /// Checks the files of a directory as far as it goes without a store.
  ///
  /// @throws ConfigException naming file, line, value and expectation
  public static void check(Path directory) {
    files(directory).forEach(ServedPipelines::validate);
  }

  /// Checks a file as far as it goes without a store.
  ///
  /// @return the pipeline's name
  /// @throws ConfigException as [#check]
  public static String validate(Path file) {
    return configured(() -> Pipelines.validate(file, TABLES));
  }

  /// Starts the pipelines of a directory. What they need of the store, such as a table, may come
  /// later: they wait for it.
  ///
  /// @param directory null for no pipelines
  /// @param traces of the events; stays open as long as the pipelines
  /// @param events is told of what pipelines apply
  /// @throws ConfigException naming file, line, value and expectation; nothing runs then
  public static ServedPipelines open(
      Store store, @Nullable Path directory, Traces traces, EventTail events) {
    Pipelines pipelines =
        Pipelines.open(store, options(traces).withListener(new TailListener(events)));
    try {
      if (directory != null) {
        files(directory).forEach(file -> start(pipelines, file));
      }
      return new ServedPipelines(pipelines);
    } catch (RuntimeException e) {
      pipelines.close();
      throw e;
    }
  }

  /// Shows what is applied to those who watch.
  private record TailListener(EventTail events) implements PipelineListener {
    @Override
    public void applied(String pipeline, String table, List<RowMerge> changes, Duration took) {
      events.applied(pipeline, table, changes, took);
    }
  }

  static PipelineOptions options(Traces traces) {
    return PipelineOptions.of(TABLES).withTelemetry(traces.telemetry());
  }

  /// Starts the pipeline of a file.
  ///
  /// @throws ConfigException as [#check]
  static void start(Pipelines pipelines, Path file) {
    configured(
        () -> {
          try {
            pipelines.validate(file);
          } catch (KindredException e) {
            if (e.code() != ErrorCode.TABLE_NOT_FOUND) {
              throw e;
            }
          }
          pipelines.add(file);
          return file;
        });
  }

  /// Starts one more pipeline, given as text, and waits until it takes events. What it needs of the
  /// store must be there. One that somebody paused goes on.
  ///
  /// @param label what errors call the text
  /// @throws ConfigException where the text is wrong
  /// @throws KindredException `NOT_READY` where it does not run, saying why
  public void add(String label, String yaml) throws InterruptedException {
    String name =
        configured(
            () -> {
              String valid = pipelines.validate(label, yaml);
              pipelines.add(label, yaml);
              return valid;
            });
    PipelineState state = pipelines.awaitStart(name, START_MAX);
    if (state instanceof PipelineState.Paused) {
      pipelines.resume(name);
      state = pipelines.awaitStart(name, START_MAX);
    }
    if (!(state instanceof PipelineState.Running)) {
      throw KindredException.of(ErrorCode.NOT_READY, "pipeline", state, "one that is running");
    }
  }

  /// Whoever wrote the file has to act, and not whoever runs the machine.
  private static <T> T configured(Supplier<T> work) {
    try {
      return work.get();
    } catch (KindredException e) {
      if (e.code().kind() == ErrorCode.Kind.INVALID) {
        throw new ConfigException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private static List<Path> files(Path directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new ConfigException(
          "pipelines: " + directory + " (expected: a directory of pipelines in YAML)", e);
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  /// What the server sees of them.
  public EventPipelines port() {
    return port;
  }

  /// Stops all pipelines, once what they have begun is done.
  @Override
  public void close() {
    pipelines.close();
  }
}
