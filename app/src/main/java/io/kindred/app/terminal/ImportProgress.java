package io.kindred.app.terminal;

import io.kindred.app.bulk.ImportListener;
import io.kindred.engine.TableSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/// Shows an import: a bar that is drawn over on a terminal, a line every few seconds elsewhere, and
/// one line for each file at its end. Owned by the importing thread.
public final class ImportProgress implements ImportListener {
  private static final int BAR_CELLS = 24;
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration NEXT_LINE = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private String file = "";
  private long started;
  private long shown;

  /// Shows progress by a clock that counts nanoseconds.
  public ImportProgress(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  @Override
  public void created(TableSpec spec) {
    StringBuilder what = new StringBuilder("table " + spec.name() + " created: key " + spec.key());
    spec.vectors()
        .forEach(
            (name, vector) ->
                what.append("; vector ")
                    .append(name)
                    .append(' ')
                    .append(vector.dimension())
                    .append(" x float32, ")
                    .append(vector.metric())
                    .append(", ")
                    .append(vector.index().getClass().getSimpleName()));
    spec.fields()
        .forEach((name, type) -> what.append("; field ").append(name).append(' ').append(type));
    terminal.println(what.toString().toLowerCase(Locale.ROOT));
  }

  @Override
  public void started(Path path) {
    file = String.valueOf(path.getFileName());
    started = nanoTime.getAsLong();
    shown = started;
  }

  @Override
  public void progressed(long rows, OptionalDouble done) {
    if (isDue()) {
      String line = line(rows, done, Duration.ofNanos(shown - started));
      show(terminal.isInteractive() && done.isPresent() ? bar(done.getAsDouble()) + line : line);
    }
  }

  /// Whether it is time to show something again, which is then done.
  private boolean isDue() {
    long now = nanoTime.getAsLong();
    Duration pause = terminal.isInteractive() ? REDRAW : NEXT_LINE;
    if (now - shown < pause.toNanos()) {
      return false;
    }
    shown = now;
    return true;
  }

  private void show(String what) {
    if (terminal.isInteractive()) {
      terminal.redraw(file + "  " + what);
    } else {
      terminal.println(file + "  " + what);
    }
  }

  private static String bar(double done) {
    int full = (int) Math.round(Math.clamp(done, 0, 1) * BAR_CELLS);
    return "[" + "█".repeat(full) + "░".repeat(BAR_CELLS - full) + "]  ";
  }

  private static String line(long rows, OptionalDouble done, Duration taken) {
    String line = "";
    if (done.isPresent()) {
      line = String.format(Locale.ROOT, "%3.0f %%  ", done.getAsDouble() * 100);
    }
    line += Figures.count(rows, "row") + "  " + Figures.count(rate(rows, taken)) + " rows/s";
    if (done.isPresent() && done.getAsDouble() > 0) {
      long left = (long) (taken.toNanos() * (1 / done.getAsDouble() - 1));
      line += "  " + Figures.duration(Duration.ofNanos(Math.max(0, left))) + " left";
    }
    return line;
  }

  private static long rate(long rows, Duration taken) {
    return Math.round(rows / Math.max(1e-3, taken.toNanos() / 1e9));
  }

  @Override
  public void waiting(String why) {
    if (isDue()) {
      show("waiting: " + why);
    }
  }

  @Override
  public void finished(ImportedFile result) {
    if (terminal.isInteractive()) {
      terminal.clearLine();
    }
    Duration taken = Duration.ofNanos(nanoTime.getAsLong() - started);
    String line =
        file
            + "  "
            + Figures.count(result.stored(), "row")
            + " stored in "
            + Figures.duration(taken)
            + " ("
            + Figures.count(rate(result.stored(), taken))
            + " rows/s)";
    if (result.rejected() > 0) {
      line += ", " + Figures.count(result.rejected()) + " rejected: see " + result.rejects();
    }
    terminal.println(line);
  }
}
