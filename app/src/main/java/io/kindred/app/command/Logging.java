package io.kindred.app.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.kindred.app.config.LogLevel;
import io.kindred.app.serve.RecentLog;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The logging binding: which events are written, that all are before the process ends, and that
/// the last ones can be looked at.
public final class Logging {
  private static final String KINDRED = "io.kindred";
  private static final String WRITTEN = "async";

  private Logging() {}

  /// Sends what libraries log through `java.util.logging` the same way.
  public static void open() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static void setLevel(LogLevel level) {
    context().getLogger(KINDRED).setLevel(Level.valueOf(level.name()));
  }

  /// Keeps the last events of `INFO` and above, also where fewer are written.
  static RecentLog keepRecent() {
    LoggerContext context = context();
    Logger kindred = context.getLogger(KINDRED);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    RecentLog recent = new RecentLog();
    recent.setContext(context);
    recent.start();
    root.addAppender(recent);
    Level written = kindred.getEffectiveLevel();
    Appender<ILoggingEvent> appender = root.getAppender(WRITTEN);
    if (appender != null && written.isGreaterOrEqual(Level.INFO)) {
      appender.addFilter(new Written(written));
      kindred.setLevel(Level.INFO);
    }
    return recent;
  }

  /// Lets Kindred's own events pass from a level on, and all others.
  private static final class Written extends Filter<ILoggingEvent> {
    private final Level least;

    Written(Level least) {
      this.least = least;
      start();
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
      boolean isKindred = event.getLoggerName().startsWith(KINDRED);
      return isKindred && !event.getLevel().isGreaterOrEqual(least)
          ? FilterReply.DENY
          : FilterReply.NEUTRAL;
    }
  }

  /// Writes what is still queued.
  public static void close() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
