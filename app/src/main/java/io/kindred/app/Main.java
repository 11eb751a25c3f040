package io.kindred.app;

/// The command line.
public final class Main {

  private Main() {}

  /// Runs one command and ends.
  public static void main(String[] arguments) {
    System.out.println("kindred 0.1.0");
  }
}
