package io.kindred.app;

import io.kindred.app.command.Commands;
import io.kindred.app.command.Logging;
import io.kindred.app.terminal.Terminal;

/// The command line.
public final class Main {

  private Main() {}

  /// Runs one command and ends the process with its status.
  public static void main(String[] arguments) {
    Logging.open();
    int status = new Commands(Terminal.standardOutput(), Terminal.standardError()).run(arguments);
    Logging.close();
    System.exit(status);
  }
}
