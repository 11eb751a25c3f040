package io.kindred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands as their users call them, on small data.
final class MainTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private final PrintStream standardOut = System.out;
  private Path base;
  private Path queries;

  @BeforeEach
  void captureOutput() {
    System.setOut(new PrintStream(out, true, UTF_8));
    base = directory.resolve("base.fvecs");
    queries = directory.resolve("queries.fvecs");
  }

  @AfterEach
  void restoreOutput() {
    System.setOut(standardOut);
  }

  @Test
  void annPrintsALineForEachBreadthAndOneForTheTunedDefault() throws Exception {
    makeVectors();
    int status = ann("--index", "hnsw", "--param", "m=8", "--sweep", "10,100", "--threads", "2");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    List<JsonNode> lines = lines();
    assertThat(lines).hasSize(3);
    for (JsonNode line : lines) {
      assertThat(line.path("engine").asText()).isEqualTo("kindred-hnsw m=8");
      assertThat(line.path("recall").asDouble()).isBetween(0.5, 1.0);
      assertThat(line.path("qps").asDouble()).isPositive();
      assertThat(line.path("build_s").asDouble()).isNotNegative();
      assertThat(line.path("index_mb").asDouble()).isPositive();
      assertThat(line.path("kernels").asText()).isNotEmpty();
    }
    assertThat(lines.get(0).path("ef").asInt()).isEqualTo(10);
    assertThat(lines.get(1).path("ef").asInt()).isEqualTo(100);
    assertThat(lines.get(2).path("wanted_recall").asDouble()).isEqualTo(0.95);
  }

  @Test
  void flatFindsAll() throws Exception {
    makeVectors();
    assertThat(ann("--index", "flat", "--metric", "cosine")).isZero();
    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst().path("recall").asDouble()).isEqualTo(1);
  }

  @Test
  void filtersFindAsMuchAsThereIsAtEachShare() throws Exception {
    makeVectors();
    String[] files = {"filters", "--base", base.toString(), "--queries", queries.toString()};
    assertThat(run(files)).isZero();
    List<JsonNode> cases = lines().stream().filter(line -> line.has("spread")).toList();
    assertThat(cases).hasSize(18);
    for (JsonNode one : cases) {
      assertThat(one.path("short").asInt()).isZero();
      assertThat(one.path("recall").asDouble()).isBetween(0.8, 1.0);
      assertThat(one.path("of_unfiltered").asDouble()).isPositive();
      int searches = 0;
      for (JsonNode count : one.path("paths")) {
        searches += count.asInt();
      }
      assertThat(searches).isEqualTo(40);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --param foo=1                 | --param: foo (expected: one of kind, m, ef_construction
          --param m=1                   | --param m: 1 (expected: 2 to 128)
          --param m=many                | --param m: "many" (expected: an integer)
          --index tree                  | --index: tree (expected: one of flat, hnsw
          --metric l1                   | --metric: l1 (expected: l2, dot or cosine)
          --k 0                         | --k: 0 (expected: 1 to 10000)
          --threads 0                   | --threads: 0 (expected: 1 to 1024)
          --passes 0                    | --passes: 0 (expected: 1 to 1000)
          --sweep 10,0                  | --sweep: 0 (expected: 1 to 10000)
          --index flat --sweep 10       | --sweep: [10] (expected: nothing with --index flat
          --synthetic 10x8              | --synthetic: 10x8 (expected: without --base and --queries)
          --synthetic ten               | --synthetic: ten (expected:
          """)
  void aWrongArgumentIsOneLineAndStatus2(String arguments, String message) {
    makeVectors();
    assertThat(ann(arguments.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(err.toString().strip()).doesNotContain("\n");
  }

  @Test
  void queriesOfAnotherDimensionAreRefused() {
    makeVectors();
    run("vectors", "--rows", "5", "--dimension", "9", "--out", queries.toString());
    assertThat(ann()).isEqualTo(2);
    assertThat(err.toString()).contains("queries.fvecs: dimension: 9 (expected: 8, as of ");
  }

  @Test
  void somethingToMeasureMustBeNamed() {
    assertThat(run("ann")).isEqualTo(2);
    assertThat(err.toString()).contains("--base: none (expected: an fvecs file, or --synthetic");
  }

  @Test
  void idxGoesWithoutTheOtherFlags() {
    int status = run("vectors", "--idx", "x.gz", "--rows", "5", "--out", base.toString());
    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).contains("--idx: x.gz (expected: without --rows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --set nowhere           | --set: nowhere (expected: synthetic-200k, synthetic-500k, mnist,
          --set x=a,b             | --set: x=a,b (expected:
          --set x=a,b,l1          | --set: x=a,b,l1 (expected:
          --engines scann         | --engines: scann (expected: one of hnswlib,
          --kernels fast          | --kernels: fast (expected: one of java, scalar,
          --runs 0                | --runs: 0 (expected: 1 to 100)
          --recall 1.5            | --recall: 1.5 (expected: above 0, at most 1)
          --set x=a,b,l2 --peers no.cpp | --peers: no.cpp (expected: ann_peers.cpp)
          """)
  void aWrongComparisonIsRefusedBeforeAnythingRuns(String arguments, String message) {
    List<String> all = new ArrayList<>(List.of("compare"));
    all.addAll(List.of(arguments.split(" ", -1)));
    assertThat(run(all.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void aChartNeedsToKnowWhichSet() throws Exception {
    Path results = directory.resolve("results.jsonl");
    String line =
        "{\"set\":\"%s\",\"engine\":\"e\",\"build_s\":1,\"ef\":1,\"recall\":0.9,\"qps\":5}";
    Files.write(results, List.of(line.formatted("a"), line.formatted("b")));
    Path chart = directory.resolve("chart.svg");
    assertThat(run("chart", results.toString(), "--out", chart.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--set: none (expected: one of a, b)");
    assertThat(run("chart", results.toString(), "--set", "b", "--out", chart.toString())).isZero();
    assertThat(chart).content().contains("<svg").contains(">b</text>");
  }

  private void makeVectors() {
    String[] rows = {"vectors", "--rows", "3000", "--dimension", "8", "--intrinsic", "4"};
    run(with(rows, "--out", base.toString()));
    String[] few = {"vectors", "--rows", "40", "--dimension", "8", "--intrinsic", "4"};
    run(with(few, "--seed", "2", "--out", queries.toString()));
    out.reset();
  }

  @Test
  void overloadTellsForEachLoadWhatWasAdmittedAndWhatWasRefused() throws Exception {
    int status = run("overload", "--rows", "2000", "--dimension", "8", "--seconds", "1");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(lines())
        .extracting(line -> line.path("figure").asText())
        .contains("capacity", "0.5 × capacity, admitted", "2.0 × capacity, refused");
  }

  private int ann(String... more) {
    String[] files = {"ann", "--base", base.toString(), "--queries", queries.toString()};
    return run(with(files, more));
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(err, true), arguments);
  }

  private List<JsonNode> lines() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(UTF_8).lines().filter(l -> l.startsWith("{")).toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }
}
