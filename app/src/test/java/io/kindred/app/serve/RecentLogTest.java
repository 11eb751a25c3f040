package io.kindred.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.kindred.server.logs.LogLine;
import io.kindred.server.stream.Tail;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is kept of the log, and how it is told.
final class RecentLogTest {
  private final LoggerContext context = new LoggerContext();
  private final RecentLog recent = new RecentLog();
  private final Logger logger = context.getLogger("io.kindred.engine.shard.Shard");

  @BeforeEach
  void attach() {
    recent.setContext(context);
    recent.start();
    logger.addAppender(recent);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void aLineHasItsFieldsAndWhatWasThrownWithItsCauses() {
    logger
        .atWarn()
        .setMessage("fold failed")
        .addKeyValue("shard", "items/0")
        .setCause(new IllegalStateException("outer", new IllegalArgumentException("inner")))
        .log();
    LogLine line = recent.recent().getFirst();
    assertThat(line.level()).isEqualTo(LogLine.Level.WARN);
    assertThat(line.logger()).isEqualTo("Shard");
    assertThat(line.message()).isEqualTo("fold failed");
    assertThat(line.fields()).containsEntry("shard", "items/0");
    assertThat(line.error())
        .isEqualTo(
            "java.lang.IllegalStateException: outer | java.lang.IllegalArgumentException: inner");
  }

  @Test
  void onlyTheLastLinesAreKeptAndLongOnesAreCut() {
    for (int i = 0; i < 2_500; i++) {
      logger.info("line {}", i);
    }
    logger.info("x".repeat(100_000));
    List<LogLine> lines = recent.recent();
    assertThat(lines).hasSize(2_000);
    assertThat(lines.getFirst().message()).isEqualTo("line 501");
    assertThat(lines.getLast().message()).hasSize(2_001).endsWith("…");
  }

  @Test
  void whoReadsHearsOfTheLinesToCome() {
    logger.info("before");
    try (Tail.Reader<LogLine> reader = recent.tail().reader(line -> true, 2)) {
      logger.info("first");
      logger.info("second");
      logger.info("third");
      Tail.Batch<LogLine> batch = reader.take();
      assertThat(batch.items()).extracting(LogLine::message).containsExactly("first", "second");
      assertThat(batch.skipped()).isEqualTo(1);
      assertThat(reader.take().isEmpty()).isTrue();
    }
    assertThat(recent.tail().isWatched()).isFalse();
  }
}
