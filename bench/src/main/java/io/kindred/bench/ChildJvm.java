package io.kindred.bench;

import io.kindred.bench.store.ThisJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process with the JVM flags of this one, which are the product's, that says in lines what it
/// has done. Owned by one thread.
final class ChildJvm implements AutoCloseable {
  private static final long END_SECONDS = 600;

  private final long startedNanos = System.nanoTime();
  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().putAll(Map.of("KINDRED_LOG", "WARN"));
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Starts a JVM on a class of this class path.
  static ChildJvm java(Class<?> main, List<String> arguments) {
    return new ChildJvm(ThisJvm.command(main.getName(), arguments));
  }

  /// Starts any program.
  static ChildJvm program(List<String> command) {
    return new ChildJvm(command);
  }

  /// Waits for a line that begins with a word.
  ///
  /// @return the rest of the line
  String await(String word) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(word)) {
          return line.substring(word.length()).strip();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("the child ended without a line '" + word + "'");
  }

  /// Seconds since the process was started.
  double seconds() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  long id() {
    return process.pid();
  }

  /// Ends the process as a power cut would, but for what the system still writes (SIGKILL).
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// Asks the process to end (SIGTERM) and waits for it.
  void stop() {
    process.destroy();
    awaitEnd();
  }

  /// Waits until the process has ended by itself.
  void awaitEnd() {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the child did not end within " + END_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
