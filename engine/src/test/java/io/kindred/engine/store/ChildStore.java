package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A store in a process of its own, which tells what it saw as lines of a name and a number.
final class ChildStore {
  private ChildStore() {}

  /// The command that runs a main class of the tests.
  static List<String> command(int heapMegabytes, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("--add-modules");
    command.add("jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /// Runs a command to its end, which has to be a good one.
  ///
  /// @return the numbers by their names
  static Map<String, Long> run(List<String> command) throws Exception {
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output = new ArrayList<>();
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(output::add);
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("%s", output).isZero();
    Map<String, Long> numbers = new HashMap<>();
    for (String line : output) {
      if (line.matches("[a-z]+ \\d+")) {
        String[] words = line.split(" ", 2);
        numbers.put(words[0], Long.valueOf(words[1]));
      }
    }
    return numbers;
  }
}
