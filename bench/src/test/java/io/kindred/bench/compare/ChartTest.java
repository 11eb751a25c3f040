package io.kindred.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.bench.compare.Curve.Point;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ChartTest {
  private static final Chart CHART =
      new Chart(
          "a & b <c>",
          List.of(
              new Chart.Series(
                  "fast",
                  List.of(new Point(0.4, 9_000), new Point(0.9, 4_000), new Point(0.99, 1_000))),
              new Chart.Series("slow \"x\"", List.of(new Point(0.9, 400), new Point(1, 100)))));

  @Test
  void theChartIsWellFormedAndNamesEverything() throws Exception {
    Document svg = parsed(CHART.svg());
    assertThat(texts(svg))
        .contains("a & b <c>", "fast", "slow \"x\"", "recall@10", "searches a second, one thread")
        .contains("0.9", "0.95", "0.99", "1,000", "500");
  }

  @Test
  void linesGoDownToTheRightAndStayWithinTheAxes() throws Exception {
    List<double[]> places = places(line(CHART, "line line0"));
    // The point below recall 0.5 is beyond the axis.
    assertThat(places).hasSize(2);
    assertThat(places.get(1)[0]).isGreaterThan(places.get(0)[0]);
    assertThat(places.get(1)[1]).isGreaterThan(places.get(0)[1]);
    assertThat(places).allMatch(at -> at[0] >= 76 && at[0] <= 860 && at[1] >= 56 && at[1] <= 456);
    // At the same recall, the slower one is below.
    double[] slow = places(line(CHART, "line line1")).getFirst();
    assertThat(slow[0]).isEqualTo(places.getFirst()[0]);
    assertThat(slow[1]).isGreaterThan(places.getFirst()[1]);
  }

  @Test
  void stepsTowardsOneAreStretched() throws Exception {
    Chart chart =
        new Chart(
            "",
            List.of(
                new Chart.Series(
                    "e", List.of(new Point(0.8, 3), new Point(0.9, 2), new Point(0.95, 1)))));
    List<double[]> places = places(line(chart, "line line0"));
    double first = places.get(1)[0] - places.get(0)[0];
    double second = places.get(2)[0] - places.get(1)[0];
    assertThat(second).isBetween(0.95 * first, 1.05 * first);
  }

  @Test
  void bothSchemesHaveAColourForEveryLine() {
    String svg = CHART.svg();
    String dark = svg.substring(svg.indexOf("prefers-color-scheme: dark"));
    for (int i = 0; i < Chart.SERIES_MAX; i++) {
      assertThat(svg.substring(0, svg.indexOf(dark))).contains(".line" + i + " {");
      assertThat(dark).contains(".line" + i + " {");
    }
  }

  @Test
  void aChartOfNothingThatCanBeShownIsStillOne() throws Exception {
    Chart chart = new Chart("t", List.of(new Chart.Series("e", List.of(new Point(1, 5)))));
    assertThat(texts(parsed(chart.svg()))).contains("e");
  }

  @Test
  void pointsAreMediansOfTheirRunsInTheOrderOfRecall() {
    List<Result> results = new ArrayList<>();
    for (int run = 1; run <= 3; run++) {
      results.add(result(run, "ef=20", false, 0.9, 100 * run));
      results.add(result(run, "ef=10", false, 0.8, 1_000 * run));
      results.add(result(run, "wanted_recall=0.95", true, 0.95, 1));
    }
    assertThat(ChartCommand.series(results))
        .containsExactly(
            new Chart.Series("e", List.of(new Point(0.8, 2_000), new Point(0.9, 200))));
  }

  private static Result result(
      int run, String setting, boolean isTuned, double recall, double speed) {
    return new Result("s", run, "e", 1, setting, isTuned, new Point(recall, speed));
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> texts(Document svg) {
    List<String> texts = new ArrayList<>();
    NodeList nodes = svg.getElementsByTagName("text");
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  private static String line(Chart chart, String kind) throws Exception {
    NodeList paths = parsed(chart.svg()).getElementsByTagName("path");
    for (int i = 0; i < paths.getLength(); i++) {
      Element path = (Element) paths.item(i);
      if (path.getAttribute("class").equals(kind)) {
        return path.getAttribute("d");
      }
    }
    throw new AssertionError("no line " + kind);
  }

  private static List<double[]> places(String path) {
    List<double[]> places = new ArrayList<>();
    for (String point : path.substring(1).split("L", -1)) {
      String[] parts = point.split(" ", -1);
      places.add(new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])});
    }
    return places;
  }
}
