package io.kindred.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The machine that the figures are of.
public final class Machine {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private Machine() {}

  /// Processor, memory, Java, and how busy it is with other things.
  public static String describe() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %s memory, %s %s, Java %s, load %.1f",
        line(PROCESSOR, "model name", system.getArch()),
        system.getAvailableProcessors(),
        memory(),
        system.getName(),
        system.getVersion(),
        Runtime.version(),
        system.getSystemLoadAverage());
  }

  private static String memory() {
    String kibibytes = line(MEMORY, "MemTotal", "").replaceAll("\\D", "");
    return kibibytes.isEmpty() ? "unknown" : (Long.parseLong(kibibytes) >> 20) + " GiB";
  }

  /// The value of a `name: value` line, where the system has such a file.
  private static String line(Path file, String name, String otherwise) {
    if (!Files.isReadable(file)) {
      return otherwise;
    }
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
