package io.kindred.app.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.kindred.app.config.LogLevel;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The logging binding: which events are written, and that all are before the process ends.
public final class Logging {
  private static final String KINDRED = "io.kindred";

  private Logging() {}

  /// Sends what libraries log through `java.util.logging` the same way.
  public static void open() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static void setLevel(LogLevel level) {
    context().getLogger(KINDRED).setLevel(Level.valueOf(level.name()));
  }

  /// Writes what is still queued.
  public static void close() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
