package io.kindred.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Recall against searches a second, as SVG: a line for each engine, up and to the right is better.
/// Recall is stretched towards 1 (by the logarithm of what is missed), speed is logarithmic.
/// Immutable.
///
/// @param series drawn in this order, the first ones in the strongest colours
record Chart(String title, List<Series> series) {
  /// One engine's line.
  ///
  /// @param points by ascending recall
  record Series(String name, List<Curve.Point> points) {}

  static final int SERIES_MAX = 8;

  private static final int WIDTH = 860;
  private static final int LEFT = 76;
  private static final int RIGHT = 32;
  private static final int TOP = 56;
  private static final int PLOT_HEIGHT = 400;
  private static final int LEGEND_ROW = 24;
  private static final int LEGEND_COLUMNS = 2;

  /// Beyond this recall lines are cut: there is no stretch for 1.
  static final double RECALL_MAX = 0.9995;

  private static final double RECALL_MIN = 0.5;
  private static final double[] RECALL_TICKS = {
    0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995
  };

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
      .title { font-size: 16px; font-weight: 600; }
      .end { text-anchor: end; }
      .middle { text-anchor: middle; }
      .frame, .line { fill: none; }
      .line { stroke-width: 2.25; stroke-linejoin: round; }
      """;

  /// Colours of one scheme; those of the series stand out from the back and from each other.
  private record Scheme(String back, String ink, String faint, String grid, List<String> ofSeries) {
    private static final Scheme LIGHT =
        new Scheme(
            "#ffffff",
            "#1f2328",
            "#59636e",
            "#d8dee4",
            List.of(
                "#0b62d6", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0e7490", "#be185d",
                "#475569"));
    private static final Scheme DARK =
        new Scheme(
            "#0d1117",
            "#e6edf3",
            "#9198a1",
            "#30363d",
            List.of(
                "#6cb0ff", "#ff9e64", "#6ad58a", "#cf9bff", "#e6c34a", "#5fd3e6", "#ff8ab8",
                "#aab6c5"));

    void rules(StringBuilder svg) {
      line(svg, ".back { fill: %s; } text { fill: %s; }".formatted(back, ink));
      line(svg, "text.faint { fill: %s; } .frame { stroke: %s; }".formatted(faint, faint));
      line(svg, ".grid { stroke: %s; }".formatted(grid));
      for (int i = 0; i < ofSeries.size(); i++) {
        String colour = ofSeries.get(i);
        line(svg, ".line%s { stroke: %s; } .mark%s { fill: %s; }".formatted(i, colour, i, colour));
      }
    }
  }

  String svg() {
    List<Series> shown = shown();
    Scale scale = Scale.of(shown);
    int legendRows = (shown.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
    int height = TOP + PLOT_HEIGHT + 60 + legendRows * LEGEND_ROW;
    StringBuilder svg = new StringBuilder(8_192);
    line(
        svg,
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\""
                + " role=\"img\" aria-label=\"%s\">")
            .formatted(WIDTH, height, WIDTH, height, escaped(title)));
    svg.append(STYLE);
    Scheme.LIGHT.rules(svg);
    svg.append("@media (prefers-color-scheme: dark) {\n");
    Scheme.DARK.rules(svg);
    svg.append("}\n</style>\n");
    line(
        svg, "<rect class=\"back\" width=\"%s\" height=\"%s\" rx=\"6\"/>".formatted(WIDTH, height));
    line(svg, "<text class=\"title\" x=\"%s\" y=\"28\">%s</text>".formatted(LEFT, escaped(title)));
    grid(svg, scale);
    for (int i = 0; i < shown.size(); i++) {
      draw(svg, scale, shown.get(i), i);
      legend(svg, shown.get(i).name(), i);
    }
    return svg.append("</svg>\n").toString();
  }

  /// The part of each line that the axes reach.
  private List<Series> shown() {
    List<Series> shown = new ArrayList<>();
    for (Series one : series) {
      List<Curve.Point> points =
          one.points().stream()
              .filter(p -> p.recall() >= RECALL_MIN && p.recall() <= RECALL_MAX)
              .toList();
      shown.add(new Series(one.name(), points));
    }
    return shown;
  }

  /// From recall and speed to places on the picture. Immutable.
  private record Scale(double recallMin, double recallMax, double speedMin, double speedMax) {
    static Scale of(List<Series> series) {
      double recallMin = 1;
      double recallMax = 0;
      double speedMin = Double.MAX_VALUE;
      double speedMax = 0;
      for (Series one : series) {
        for (Curve.Point point : one.points()) {
          recallMin = Math.min(recallMin, point.recall());
          recallMax = Math.max(recallMax, point.recall());
          speedMin = Math.min(speedMin, point.perSecond());
          speedMax = Math.max(speedMax, point.perSecond());
        }
      }
      if (recallMax == 0) {
        return new Scale(RECALL_MIN, RECALL_MAX, 1, 10);
      }
      return new Scale(below(recallMin), above(recallMax), speedMin / 1.25, speedMax * 1.25);
    }

    private static double below(double recall) {
      double tick = RECALL_TICKS[0];
      for (double candidate : RECALL_TICKS) {
        tick = candidate < recall ? candidate : tick;
      }
      return tick;
    }

    private static double above(double recall) {
      for (double candidate : RECALL_TICKS) {
        if (candidate > recall) {
          return candidate;
        }
      }
      return RECALL_MAX;
    }

    private static double stretched(double recall) {
      return -Math.log(1 - recall);
    }

    double x(double recall) {
      double from = stretched(recallMin);
      double share = (stretched(recall) - from) / (stretched(recallMax) - from);
      return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    double y(double speed) {
      double share = Math.log(speed / speedMin) / Math.log(speedMax / speedMin);
      return TOP + (1 - share) * PLOT_HEIGHT;
    }
  }

  private static void grid(StringBuilder svg, Scale scale) {
    int bottom = TOP + PLOT_HEIGHT;
    for (double recall : RECALL_TICKS) {
      if (recall >= scale.recallMin() && recall <= scale.recallMax()) {
        double x = scale.x(recall);
        line(svg, "<path class=\"grid\" d=\"M%s %sV%s\"/>".formatted(at(x), TOP, bottom));
        String label = Double.toString(recall);
        line(
            svg,
            "<text class=\"faint middle\" x=\"%s\" y=\"%s\">%s</text>"
                .formatted(at(x), bottom + 20, label));
      }
    }
    for (double decade = 1; decade <= scale.speedMax(); decade *= 10) {
      for (int step : new int[] {1, 2, 5}) {
        double speed = decade * step;
        if (speed >= scale.speedMin() && speed <= scale.speedMax()) {
          double y = scale.y(speed);
          line(svg, "<path class=\"grid\" d=\"M%s %sH%s\"/>".formatted(LEFT, at(y), WIDTH - RIGHT));
          line(
              svg,
              "<text class=\"faint end\" x=\"%s\" y=\"%s\">%s</text>"
                  .formatted(LEFT - 8, at(y + 4), String.format(Locale.ROOT, "%,.0f", speed)));
        }
      }
    }
    line(
        svg,
        "<rect class=\"frame\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>"
            .formatted(LEFT, TOP, WIDTH - LEFT - RIGHT, PLOT_HEIGHT));
    line(
        svg,
        "<text class=\"faint\" x=\"%s\" y=\"%s\">searches a second, one thread</text>"
            .formatted(LEFT, TOP - 10));
    line(
        svg,
        "<text class=\"faint end\" x=\"%s\" y=\"%s\">recall@10</text>"
            .formatted(WIDTH - RIGHT, bottom + 40));
  }

  private static void draw(StringBuilder svg, Scale scale, Series series, int index) {
    StringBuilder path = new StringBuilder();
    for (Curve.Point point : series.points()) {
      path.append(path.isEmpty() ? 'M' : 'L');
      path.append(at(scale.x(point.recall())) + " " + at(scale.y(point.perSecond())));
    }
    line(svg, "<path class=\"line line%s\" d=\"%s\"/>".formatted(index, path));
    for (Curve.Point point : series.points()) {
      mark(svg, index, scale.x(point.recall()), scale.y(point.perSecond()));
    }
  }

  /// Four shapes in turn, so that lines differ without colour as well.
  private static void mark(StringBuilder svg, int index, double x, double y) {
    String shape =
        switch (index % 4) {
          case 0 -> "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z";
          case 1 -> "M-4 -4h8v8h-8z";
          case 2 -> "M0 -5L5 4H-5z";
          default -> "M0 -5L5 0L0 5L-5 0z";
        };
    line(
        svg,
        "<path class=\"mark%s\" transform=\"translate(%s %s)\" d=\"%s\"/>"
            .formatted(index, at(x), at(y), shape));
  }

  private static void legend(StringBuilder svg, String name, int index) {
    int x = LEFT + index % LEGEND_COLUMNS * (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS;
    int y = TOP + PLOT_HEIGHT + 60 + index / LEGEND_COLUMNS * LEGEND_ROW;
    line(svg, "<path class=\"line line%s\" d=\"M%s %sh28\"/>".formatted(index, x, y));
    mark(svg, index, x + 14, y);
    line(svg, "<text x=\"%s\" y=\"%s\">%s</text>".formatted(x + 38, y + 4, escaped(name)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String at(double place) {
    return String.format(Locale.ROOT, "%.1f", place);
  }

  private static void line(StringBuilder svg, String element) {
    svg.append(element).append('\n');
  }
}
