package io.kindred.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/// Keeps what is logged above DEBUG while it is open. Owned by one thread.
final class LogCapture implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level levelBefore = root.getLevel();
  private final ListAppender<ILoggingEvent> kept = new ListAppender<>();

  LogCapture() {
    kept.start();
    root.setLevel(Level.INFO);
    root.addAppender(kept);
  }

  List<String> lines() {
    return List.copyOf(kept.list).stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Override
  public void close() {
    root.detachAppender(kept);
    root.setLevel(levelBefore);
    kept.stop();
  }
}
