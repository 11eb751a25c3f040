package io.kindred.server.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The memory of this process that is in RAM, as Linux counts it.
final class ResidentMemory {
  private static final Logger LOG = LoggerFactory.getLogger(ResidentMemory.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final String UNIT = " kB";

  private ResidentMemory() {}

  /// Nothing where the system is another, or does not tell.
  static OptionalLong bytes() {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(RESIDENT)) {
          String kibibytes = line.substring(RESIDENT.length(), line.length() - UNIT.length());
          return OptionalLong.of(Long.parseLong(kibibytes.strip()) * 1024);
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debug("resident memory is not known", e);
    }
    return OptionalLong.empty();
  }
}
