package io.kindred.app.terminal;

import io.kindred.engine.backup.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Shows how far a backup or a restore has come: a bar that is drawn over on a terminal, a line
/// every few seconds elsewhere. Owned by the working thread.
public final class TransferProgress {
  private static final int BAR_CELLS = 24;
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration NEXT_LINE = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private long shown;

  /// Shows progress by a clock that counts nanoseconds.
  public TransferProgress(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.shown = nanoTime.getAsLong();
  }

  /// Progress that is shown here.
  public Progress progress() {
    return new Progress(this::show);
  }

  /// Shows a moment, unless one was shown just now.
  public void show(Progress.Status status) {
    long now = nanoTime.getAsLong();
    Duration pause = terminal.isInteractive() ? REDRAW : NEXT_LINE;
    if (now - shown >= pause.toNanos()) {
      shown = now;
      if (terminal.isInteractive()) {
        terminal.redraw(line(status));
      } else {
        terminal.println(line(status));
      }
    }
  }

  /// Removes what was drawn.
  public void end() {
    if (terminal.isInteractive()) {
      terminal.clearLine();
    }
  }

  static String line(Progress.Status status) {
    double done = status.bytesTotal() == 0 ? 0 : (double) status.bytesDone() / status.bytesTotal();
    int full = (int) Math.round(Math.clamp(done, 0, 1) * BAR_CELLS);
    return String.format(
        Locale.ROOT,
        "%s  [%s%s]  %3.0f %%  %s of %s  %d of %s  %s/s",
        status.step().name().toLowerCase(Locale.ROOT),
        "█".repeat(full),
        "░".repeat(BAR_CELLS - full),
        done * 100,
        Figures.bytes(status.bytesDone()),
        Figures.bytes(status.bytesTotal()),
        status.filesDone(),
        Figures.count(status.filesTotal(), "file"),
        Figures.bytes(status.bytesPerSecond()));
  }
}
