package io.kindred.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/// What an engine reaches: searches a second at each recall. Immutable.
///
/// @param front the measured points that no other point beats in both, by ascending recall
public record Curve(List<Point> front) {

  /// @param recall 0 to 1
  /// @param perSecond searches, above 0
  public record Point(double recall, double perSecond) {}

  public static Curve of(List<Point> points) {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(
        Comparator.comparingDouble(Point::recall).thenComparingDouble(Point::perSecond).reversed());
    List<Point> front = new ArrayList<>();
    double best = 0;
    for (Point point : sorted) {
      if (point.perSecond() > best) {
        front.addFirst(point);
        best = point.perSecond();
      }
    }
    return new Curve(List.copyOf(front));
  }

  /// Searches a second at a recall: between the two points around it on a straight line of the
  /// logarithm. Where even the fastest point has that recall, its speed; where no point has it,
  /// nothing.
  public OptionalDouble perSecondAt(double recall) {
    for (int i = 0; i < front.size(); i++) {
      Point above = front.get(i);
      if (above.recall() < recall) {
        continue;
      }
      if (i == 0 || above.recall() == recall) {
        return OptionalDouble.of(above.perSecond());
      }
      Point below = front.get(i - 1);
      double share = (recall - below.recall()) / (above.recall() - below.recall());
      double from = Math.log(below.perSecond());
      return OptionalDouble.of(Math.exp(from + share * (Math.log(above.perSecond()) - from)));
    }
    return OptionalDouble.empty();
  }
}
