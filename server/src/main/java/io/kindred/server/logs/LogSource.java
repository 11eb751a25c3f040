package io.kindred.server.logs;

import io.kindred.server.stream.Tail;
import java.util.List;

/// Where the lines of the log come from: the port to whatever does the logging. Implementations are
/// thread-safe.
public interface LogSource {
  /// The last lines, the oldest first.
  List<LogLine> recent();

  /// The lines to come.
  Tail<LogLine> tail();
}
