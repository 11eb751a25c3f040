package io.kindred.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One run of a program that measures.
final class Turn {
  private Turn() {}

  /// Runs a program to its end; what it says on standard error goes to this process's.
  ///
  /// @return the lines of its standard output that are JSON objects
  static List<String> run(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      Thread atExit = new Thread(process::destroy, "bench-end-turn");
      Runtime.getRuntime().addShutdownHook(atExit);
      List<String> lines = objects(process);
      int status = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(atExit);
      if (status != 0) {
        throw new IllegalStateException(
            "status: %d (expected: 0, of %s)".formatted(status, String.join(" ", command)));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static List<String> objects(Process process) throws IOException {
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("{")) {
          lines.add(line);
        }
      }
    }
    return lines;
  }
}
