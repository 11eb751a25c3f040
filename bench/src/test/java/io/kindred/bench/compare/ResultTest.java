package io.kindred.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kindred.bench.report.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultTest {
  private static final String PEER =
      "{\"engine\":\"hnswlib\",\"build_s\":2.42,\"ef\":10,\"recall\":0.7445,\"qps\":117344}";

  @TempDir Path directory;

  @Test
  void aPeersLineIsRead() {
    assertThat(Result.parse(PEER, "here"))
        .isEqualTo(
            new Result("", 1, "hnswlib", 2.42, "ef=10", false, new Curve.Point(0.7445, 117_344)));
  }

  @Test
  void aLineIsLabelledAndKeepsItsOtherMembers() {
    String labelled = Result.labelled(PEER, "mnist", 3, "hnswlib huge pages");
    Result result = Result.parse(labelled, "here");
    assertThat(result.set()).isEqualTo("mnist");
    assertThat(result.run()).isEqualTo(3);
    assertThat(result.engine()).isEqualTo("hnswlib huge pages");
    assertThat(labelled).contains("\"build_s\":2.42").contains("\"recall\":0.7445");
  }

  @Test
  void theTunedDefaultIsNoPointOfTheCurve() {
    String line = PEER.replace("\"ef\":10", "\"wanted_recall\":0.95");
    assertThat(Result.parse(line, "here").isTuned()).isTrue();
  }

  @Test
  void aLineThatIsNoResultIsNamedByItsPlace() throws Exception {
    Path file = directory.resolve("results.jsonl");
    Files.write(file, List.of(PEER, "", "{\"engine\":\"x\"}"));
    assertThatThrownBy(() -> Result.readAll(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("results.jsonl:3: breadth: none (expected: one of ");
    Files.write(file, List.of("{"));
    assertThatThrownBy(() -> Result.readAll(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("results.jsonl:1: ");
    assertThatThrownBy(() -> Result.parse("{\"ef\":1,\"engine\":\"x\",\"recall\":1}", "here"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("here: build_s: none");
  }

  @Test
  void ratiosAreOfOneRunEach() {
    Comparison comparison =
        new Comparison(
            Stream.of(
                    run(1, "a", 4, 300), run(1, "b", 2, 100),
                    run(2, "a", 4, 200), run(2, "b", 2, 100),
                    run(3, "a", 4, 800), run(3, "b", 2, 200))
                .flatMap(List::stream)
                .toList(),
            0.95);
    var ratio = comparison.speedRatio("a", "b").orElseThrow();
    assertThat(ratio.median()).isCloseTo(3, within(1e-9));
    assertThat(ratio.least()).isCloseTo(2, within(1e-9));
    assertThat(ratio.largest()).isCloseTo(4, within(1e-9));
    assertThat(comparison.perSecond("a").orElseThrow().median()).isCloseTo(300, within(1e-9));
    assertThat(comparison.buildRatio("a", "b").orElseThrow().median()).isEqualTo(2);
    assertThat(comparison.tuned("a")).contains(new Curve.Point(0.96, 7));
    assertThat(comparison.perSecond("absent")).isEmpty();
  }

  /// Points so that the speed at 0.95 is the given one, and one that the engine tuned.
  private static List<Result> run(int run, String engine, double build, double speed) {
    return List.of(
        new Result("s", run, engine, build, "ef=1", false, new Curve.Point(0.9, 2 * speed)),
        new Result("s", run, engine, build, "ef=2", false, new Curve.Point(0.95, speed)),
        new Result("s", run, engine, build, "tuned", true, new Curve.Point(0.96, 7)));
  }
}
