package io.kindred.app.command;

import io.kindred.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Runs commands in this process, and holds what the last one printed. Owned by one test.
final class CommandRun {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /// @return the exit status
  int run(String... arguments) {
    out.reset();
    err.reset();
    return new Commands(terminal(out), terminal(err)).run(arguments);
  }

  private static Terminal terminal(ByteArrayOutputStream bytes) {
    return Terminal.plain(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String error() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
