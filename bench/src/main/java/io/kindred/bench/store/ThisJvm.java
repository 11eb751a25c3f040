package io.kindred.bench.store;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// This process, to be started once more.
public final class ThisJvm {
  private ThisJvm() {}

  /// The command line of a JVM with the flags of this one, which are the product's, on a class of
  /// this class path.
  public static List<String> command(String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }
}
