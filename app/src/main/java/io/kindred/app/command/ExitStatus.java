package io.kindred.app.command;

/// What the process tells the shell.
public final class ExitStatus {
  /// The command did what it was asked.
  public static final int OK = 0;

  /// It could not, or a check failed. One line on standard error says why.
  public static final int FAILED = 1;

  /// A flag, a value or a configuration file is not as expected. One line on standard error names
  /// it.
  public static final int USAGE = 2;

  private ExitStatus() {}
}
