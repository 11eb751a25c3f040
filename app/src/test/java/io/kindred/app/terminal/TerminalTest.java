package io.kindred.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.bulk.ImportListener.ImportedFile;
import io.kindred.app.terminal.Terminal.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TerminalTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong nanos = new AtomicLong();

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void coloursAreUsedOnlyWhereNothingSpeaksAgainstThem() {
    assertThat(Terminal.allowsColour(Map.of("TERM", "xterm-256color"))).isTrue();
    assertThat(Terminal.allowsColour(Map.of("NO_COLOR", ""))).isTrue();
    assertThat(Terminal.allowsColour(Map.of("NO_COLOR", "1"))).isFalse();
    assertThat(Terminal.allowsColour(Map.of("TERM", "dumb"))).isFalse();
    assertThat(new Terminal(stream, true, true).styled(Style.RED, "x"))
        .isEqualTo("\u001b[31mx\u001b[0m");
    assertThat(Terminal.plain(stream).styled(Style.RED, "x")).isEqualTo("x");
  }

  @Test
  void figuresAreReadable() {
    assertThat(Figures.count(1_234_567)).isEqualTo("1,234,567");
    assertThat(Figures.count(1, "row")).isEqualTo("1 row");
    assertThat(Figures.count(0, "row")).isEqualTo("0 rows");
    assertThat(Figures.bytes(1023)).isEqualTo("1023 bytes");
    assertThat(Figures.bytes(3 << 20)).isEqualTo("3.0 MiB");
    assertThat(Figures.duration(Duration.ofNanos(830_000))).isEqualTo("0.8 ms");
    assertThat(Figures.duration(Duration.ofMillis(3_200))).isEqualTo("3.2 s");
    assertThat(Figures.duration(Duration.ofSeconds(250))).isEqualTo("4 min 10 s");
    assertThat(Figures.duration(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
  }

  @Test
  void whatAnImportWaitsForIsToldNowAndThen() {
    ImportProgress progress = new ImportProgress(Terminal.plain(stream), nanos::get);
    progress.started(Path.of("items.csv"));
    for (int second = 1; second <= 11; second++) {
      nanos.set(Duration.ofSeconds(second).toNanos());
      progress.waiting("paused");
    }

    assertThat(shown()).isEqualTo("items.csv  waiting: paused\nitems.csv  waiting: paused\n");
  }

  @Test
  void progressIsALineEveryFewSecondsWhereNobodyLooks() {
    ImportProgress progress = new ImportProgress(Terminal.plain(stream), nanos::get);
    progress.started(Path.of("items.csv"));
    for (int second = 1; second <= 11; second++) {
      nanos.set(Duration.ofSeconds(second).toNanos());
      progress.progressed(second * 1_000L, OptionalDouble.of(second / 20.0));
    }

    assertThat(shown())
        .isEqualTo(
            """
            items.csv   25 %  5,000 rows  1,000 rows/s  15.0 s left
            items.csv   50 %  10,000 rows  1,000 rows/s  10.0 s left
            """);
  }

  @Test
  void progressIsABarOnATerminal() {
    ImportProgress progress = new ImportProgress(new Terminal(stream, true, false), nanos::get);
    progress.started(Path.of("items.csv"));
    nanos.set(Duration.ofSeconds(1).toNanos());
    progress.progressed(1_000, OptionalDouble.of(0.5));
    progress.finished(new ImportedFile(Path.of("items.csv"), 2_000, 0, Path.of("x"), null));

    assertThat(shown())
        .contains("\r\u001b[2Kitems.csv  [████████████░░░░░░░░░░░░]   50 %  1,000 rows")
        .endsWith("\r\u001b[2Kitems.csv  2,000 rows stored in 1.0 s (2,000 rows/s)\n");
  }
}
