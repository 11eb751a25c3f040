package io.kindred.app.serve;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.kindred.server.logs.LogLine;
import io.kindred.server.logs.LogSource;
import io.kindred.server.stream.Tail;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/// The last events of the log in memory, for who looks at a running server. Thread-safe; bounded by
/// number and by the length of each.
public final class RecentLog extends AppenderBase<ILoggingEvent> implements LogSource {
  private static final int LINES_MAX = 2_000;
  private static final int CHARACTERS_MAX = 2_000;
  private static final int CAUSES_MAX = 5;

  private final Deque<LogLine> lines = new ArrayDeque<>();
  private final Tail<LogLine> tail = new Tail<>();

  @Override
  protected void append(ILoggingEvent event) {
    LogLine line = line(event);
    synchronized (lines) {
      lines.addLast(line);
      if (lines.size() > LINES_MAX) {
        lines.removeFirst();
      }
    }
    tail.offer(line);
  }

  @Override
  public List<LogLine> recent() {
    synchronized (lines) {
      return new ArrayList<>(lines);
    }
  }

  @Override
  public Tail<LogLine> tail() {
    return tail;
  }

  private static LogLine line(ILoggingEvent event) {
    Map<String, String> fields = new LinkedHashMap<>();
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        fields.put(pair.key, cut(String.valueOf(pair.value)));
      }
    }
    String logger = event.getLoggerName();
    return new LogLine(
        event.getTimeStamp(),
        LogLine.Level.valueOf(event.getLevel().toString()),
        logger.substring(logger.lastIndexOf('.') + 1),
        event.getThreadName(),
        cut(event.getFormattedMessage()),
        fields,
        error(event.getThrowableProxy()));
  }

  /// What was thrown and why: class and message of each cause.
  private static @Nullable String error(@Nullable IThrowableProxy thrown) {
    if (thrown == null) {
      return null;
    }
    List<String> causes = new ArrayList<>();
    for (IThrowableProxy cause = thrown;
        cause != null && causes.size() < CAUSES_MAX;
        cause = cause.getCause()) {
      causes.add(cause.getClassName() + ": " + cause.getMessage());
    }
    return cut(String.join(" | ", causes));
  }

  private static String cut(String text) {
    return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + "…";
  }
}
