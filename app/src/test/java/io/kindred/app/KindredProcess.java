package io.kindred.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Kindred as a process of its own, started from this test's class path. Thread-safe. Killed when
/// it is closed.
public final class KindredProcess implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String READY = "kindred ready on ";

  private final Process process;
  private final Lines output;
  private final Lines error;

  private KindredProcess(Process process) {
    this.process = process;
    this.output = new Lines(process.getInputStream());
    this.error = new Lines(process.getErrorStream());
  }

  public static KindredProcess start(String... arguments) throws IOException {
    return start(List.of("-Xmx512m"), arguments);
  }

  public static KindredProcess start(List<String> options, String... arguments) throws IOException {
    return start(Main.class, options, arguments);
  }

  /// @param main a program that takes the arguments, and in the end is Kindred
  public static KindredProcess start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new KindredProcess(new ProcessBuilder(command).start());
  }

  /// A server on a free port, ready to answer.
  public static KindredProcess serve(Path data, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--data"));
    arguments.add(data.toString());
    arguments.addAll(List.of(more));
    KindredProcess server = start(arguments.toArray(String[]::new));
    server.uri();
    return server;
  }

  /// Where the server is, once it says so.
  public String uri() {
    String line = output.await(it -> it.startsWith(READY), this);
    return line.substring(READY.length());
  }

  /// Waits for a line on standard output.
  public String awaitOutput(String start) {
    return output.await(line -> line.startsWith(start), this);
  }

  public int port() {
    return java.net.URI.create(uri()).getPort();
  }

  public Process process() {
    return process;
  }

  /// SIGTERM, as an operator sends it.
  public void terminate() {
    // Through the handle: a process's own destroy closes the streams that are still being read.
    process.toHandle().destroy();
  }

  /// SIGKILL.
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /// The exit status, once the process has ended.
  public int exitStatus() {
    return exitStatus(PATIENCE);
  }

  public int exitStatus(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + patience + "\n" + transcript());
      }
      output.thread.join();
      error.thread.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public List<String> output() {
    return output.all();
  }

  /// Lines on standard error, without what the JVM says about incubator modules.
  public List<String> error() {
    return error.all().stream().filter(line -> !line.startsWith("WARNING: Using incub")).toList();
  }

  public String transcript() {
    return "output: " + output() + "\nerror: " + error();
  }

  @Override
  public void close() {
    kill();
    exitStatus();
  }

  /// The lines of a stream, as they come. Thread-safe.
  private static final class Lines {
    private final List<String> lines = new ArrayList<>();
    private final Thread thread;
    private boolean isAtEnd;

    Lines(InputStream stream) {
      thread = Thread.ofPlatform().daemon().name("child-output").start(() -> read(stream));
    }

    private void read(InputStream stream) {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          add(line);
        }
      } catch (IOException e) {
        add("(" + e.getMessage() + ")");
      } finally {
        end();
      }
    }

    private synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    private synchronized void end() {
      isAtEnd = true;
      notifyAll();
    }

    synchronized List<String> all() {
      return List.copyOf(lines);
    }

    synchronized String await(Predicate<String> wanted, KindredProcess owner) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      try {
        while (true) {
          for (String line : lines) {
            if (wanted.test(line)) {
              return line;
            }
          }
          long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (isAtEnd || left <= 0) {
            throw new AssertionError("the line did not come\n" + owner.transcript());
          }
          wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
