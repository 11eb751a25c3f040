package io.kindred.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a process holds in memory, as Linux counts it. Immutable.
///
/// @param residentBytes all that is in memory: anonymous, and pages of mapped files
/// @param anonymousBytes of these, what no file is behind: heap, code, deltas, graphs
public record ProcessMemory(long residentBytes, long anonymousBytes) {
  /// @param id of the process
  public static ProcessMemory of(long id) {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(id), "smaps_rollup"));
      return new ProcessMemory(bytes(lines, "Rss:"), bytes(lines, "Anonymous:"));
    } catch (IOException e) {
      throw new UncheckedIOException("memory is measured on Linux only", e);
    }
  }

  public static ProcessMemory ofThis() {
    return of(ProcessHandle.current().pid());
  }

  /// What this process has in memory, in MB; NaN where the system does not tell.
  public static double residentMegabytes() {
    return Files.isReadable(Path.of("/proc/self/smaps_rollup"))
        ? megabytes(ofThis().residentBytes())
        : Double.NaN;
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  public String text() {
    return residentBytes + " " + anonymousBytes;
  }

  public static ProcessMemory parse(String text) {
    int space = text.indexOf(' ');
    return new ProcessMemory(
        Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
  }

  public static double megabytes(long bytes) {
    return bytes / 1e6;
  }
}
