package io.kindred.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// What a benchmark found: a table for people, then one JSON object a line for programs. Owned by
/// one thread.
public final class Report {
  private final String benchmark;
  private final PrintStream out;

  /// As it was before anything was measured.
  private final String machine = Machine.describe();

  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /// @param benchmark the command's name
  public Report(String benchmark, PrintStream out) {
    this.benchmark = benchmark;
    this.out = out;
  }

  /// Says what is going on, for the person who waits.
  public void progress(String what) {
    System.err.println(benchmark + ": " + what);
  }

  public void add(Figure figure) {
    figures.add(figure);
    progress(figure.name() + ": " + Figure.number(figure.value()) + " " + figure.unit());
  }

  /// Whether no figure missed its target.
  public boolean isMet() {
    return figures.stream().noneMatch(figure -> figure.verdict().equals("missed"));
  }

  /// A sentence below the table.
  public void note(String sentence) {
    notes.add(sentence);
  }

  /// Prints everything.
  public void print() {
    int width = figures.stream().mapToInt(figure -> figure.name().length()).max().orElse(0);
    String format = "%-" + width + "s  %10s  %-6s  %23s  %-20s %s%n";
    out.println("machine: " + machine);
    out.printf(format, benchmark, "value", "", "min … max", "target", "");
    for (Figure figure : figures) {
      out.printf(
          format,
          figure.name(),
          Figure.number(figure.value()),
          figure.unit(),
          Figure.number(figure.least()) + " … " + Figure.number(figure.largest()),
          figure.targetText(),
          figure.verdict());
    }
    notes.forEach(out::println);
    out.println();
    figures.forEach(figure -> out.println(figure.json(benchmark)));
    out.flush();
  }
}
