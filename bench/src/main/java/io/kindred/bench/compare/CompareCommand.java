package io.kindred.bench.compare;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.ThisJvm;
import io.kindred.bench.vectors.BenchCache;
import io.kindred.bench.vectors.SharedFiles;
import io.kindred.bench.vectors.SyntheticSet;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Kindred and its peers in turn.
@Command(
    name = "compare",
    description = {
      "Measures Kindred (bench ann) and other engines (ann_peers, built from --peers) in turn, and"
          + " prints each one's searches a second at a wanted recall, and the ratio.",
      "Between two breadths the speed is read off a straight line of its logarithm."
    },
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  private static final List<String> PEERS =
      List.of("hnswlib", "faiss_hnsw", "faiss_ivfflat", "faiss_ivfpq", "flat");
  private static final List<String> KERNELS = List.of("java", "scalar", "avx2", "avx512");
  private static final String BENCH = "io.kindred.bench.Main";
  private static final double BUILD_RATIO = 0.5;
  private static final double BUILD_GOAL = 0.33;
  private static final double JAVA_RATIO = 1;
  private static final double IVF_RATIO = 2;

  @Option(
      names = "--set",
      paramLabel = "NAME[=BASE,QUERIES,METRIC]",
      description =
          "What is searched; may come several times. synthetic-200k (default), synthetic-500k,"
              + " mnist, amazon-book, ROWSxDIM[:INTRINSIC[:SEED]] for other made-up embeddings (l2), or"
              + " a name of your own with two fvecs files and a metric.")
  private List<String> sets = List.of(NamedSet.SYNTHETIC_200K.label());

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "KIND",
      description = "Kindred's indexes, as of bench ann. Default: hnsw.")
  private List<String> indexes = List.of("hnsw");

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A parameter of Kindred's index, as of bench ann.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "PEER",
      description = "hnswlib (default), faiss_hnsw, faiss_ivfflat, faiss_ivfpq, flat.")
  private List<String> engines = List.of("hnswlib");

  @Option(
      names = "--kernels",
      split = ",",
      paramLabel = "NAME",
      description =
          "Run Kindred once with each of these kernels (java, scalar, avx2, avx512), by"
              + " KINDRED_KERNELS. Default: those that it chooses.")
  private List<String> kernels = List.of();

  @Option(
      names = "--hugepages",
      description = "Also run hnswlib with GLIBC_TUNABLES=glibc.malloc.hugetlb=1.")
  private boolean isWithHugePages;

  @Option(names = "--runs", paramLabel = "N", description = "Runs of each engine. Default: 3.")
  private int runs = 3;

  @Option(
      names = "--recall",
      paramLabel = "R",
      description = "Recall@10 at which speeds are compared. Default: 0.95.")
  private double recall = 0.95;

  @Option(names = "--threads", paramLabel = "N", description = "That build. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--peer-m", paramLabel = "N", description = "The peers' M. Default: 16.")
  private int peerLinks = 16;

  @Option(
      names = "--peer-efc",
      paramLabel = "N",
      description = "The peers' ef at construction. Default: 200.")
  private int peerBeam = 200;

  @Option(
      names = "--peers",
      paramLabel = "FILE.cpp",
      description = "Source of ann_peers. Default: ../shared/bench/ann_peers.cpp.")
  private @Nullable Path peers;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds mnist and amazon-book. Default: ../shared/data.")
  private @Nullable Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Takes every JSON line, behind those that it has. Default: a new file.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    requireOptions();
    List<VectorSet> all = sets.stream().map(this::set).toList();
    List<Competitor> competitors = competitors();
    Path file = out == null ? newFile() : out;
    Report report = new Report("compare", System.out);
    for (VectorSet set : all) {
      add(report, set, competitors, measure(report, set, competitors, file));
    }
    report.note("Every line: " + file);
    report.print();
    return 0;
  }

  private void requireOptions() {
    requireEach("--engines", engines, PEERS);
    requireEach("--kernels", kernels, KERNELS);
    require("--runs", runs, runs >= 1 && runs <= 100, "1 to 100");
    require("--recall", recall, recall > 0 && recall <= 1, "above 0, at most 1");
    require("--threads", threads, threads >= 1 && threads <= 1_024, "1 to 1024");
    require("--peer-m", peerLinks, peerLinks >= 2 && peerLinks <= 1_024, "2 to 1024");
    require("--peer-efc", peerBeam, peerBeam >= 1 && peerBeam <= 10_000, "1 to 10000");
  }

  private static void require(String option, Object value, boolean isGood, String expectation) {
    if (!isGood) {
      throw new BadInputException(option, value, expectation);
    }
  }

  private static void requireEach(String option, List<String> values, List<String> known) {
    for (String value : values) {
      require(option, value, known.contains(value), "one of " + String.join(", ", known));
    }
  }

  private VectorSet set(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      for (NamedSet named : NamedSet.values()) {
        if (named.label().equals(text)) {
          return named.files(data == null ? SharedFiles.resolve("data") : data);
        }
      }
    }
    if (SyntheticSet.isText(text)) {
      return SyntheticSet.parse(text).files(Metric.L2);
    }
    String[] parts = text.substring(equals + 1).split(",", -1);
    Metric metric = parts.length == 3 ? metric(parts[2]) : null;
    if (equals < 1 || metric == null) {
      throw new BadInputException(
          "--set",
          text,
          NamedSet.labels() + ", ROWSxDIM, or NAME=BASE.fvecs,QUERIES.fvecs,l2|dot|cosine");
    }
    return new VectorSet(text.substring(0, equals), Path.of(parts[0]), Path.of(parts[1]), metric);
  }

  private static @Nullable Metric metric(String text) {
    for (Metric metric : Metric.values()) {
      if (name(metric).equals(text)) {
        return metric;
      }
    }
    return null;
  }

  private static String name(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }

  private List<Competitor> competitors() {
    List<Competitor> competitors = new ArrayList<>();
    for (String index : indexes) {
      if (kernels.isEmpty()) {
        competitors.add(kindred(index, "", Map.of()));
      }
      for (String kernel : kernels) {
        competitors.add(kindred(index, " " + kernel, Map.of("KINDRED_KERNELS", kernel)));
      }
    }
    if (!engines.isEmpty()) {
      Path program =
          Peers.build(peers == null ? SharedFiles.resolve("bench/ann_peers.cpp") : peers);
      for (String engine : engines) {
        competitors.add(peer(program, engine, "", Map.of()));
        if (isWithHugePages && engine.equals("hnswlib")) {
          Map<String, String> tuned = Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
          competitors.add(peer(program, engine, " huge pages", tuned));
        }
      }
    }
    return competitors;
  }

  private Competitor kindred(String index, String suffix, Map<String, String> environment) {
    StringBuilder label = new StringBuilder("kindred-").append(index);
    List<String> choices = new ArrayList<>(List.of("--index", index));
    parameters.forEach(
        (name, value) -> {
          label.append(' ').append(name).append('=').append(value);
          choices.addAll(List.of("--param", name + "=" + value));
        });
    choices.addAll(List.of("--threads", Integer.toString(threads)));
    return new Competitor(
        label + suffix,
        true,
        environment,
        set -> {
          List<String> arguments =
              new ArrayList<>(
                  List.of(
                      "ann",
                      "--base",
                      set.base().toString(),
                      "--queries",
                      set.queries().toString(),
                      "--metric",
                      name(set.metric())));
          arguments.addAll(choices);
          return ThisJvm.command(BENCH, arguments);
        });
  }

  private Competitor peer(
      Path program, String engine, String suffix, Map<String, String> environment) {
    return new Competitor(
        engine + suffix,
        false,
        environment,
        set ->
            List.of(
                program.toString(),
                set.base().toString(),
                set.queries().toString(),
                name(set.metric()),
                engine,
                Integer.toString(peerLinks),
                Integer.toString(peerBeam),
                Integer.toString(threads)));
  }

  private static Path newFile() {
    String now =
        LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return BenchCache.directory().resolve("compare-" + now + ".jsonl");
  }

  /// Runs every engine in turn, as often as is wanted.
  private List<Result> measure(
      Report report, VectorSet set, List<Competitor> competitors, Path file) {
    List<Result> results = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      for (Competitor competitor : competitors) {
        String what = "%s, run %d of %d, %s".formatted(set.name(), run, runs, competitor.label());
        report.progress(what);
        List<String> labelled = new ArrayList<>();
        for (String line : Turn.run(competitor.command().apply(set), competitor.environment())) {
          labelled.add(Result.labelled(line, set.name(), run, competitor.label()));
          results.add(Result.parse(labelled.getLast(), what));
        }
        append(file, labelled);
      }
    }
    return results;
  }

  private static void append(Path file, List<String> lines) {
    try {
      Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(
      Report report, VectorSet set, List<Competitor> competitors, List<Result> results) {
    Comparison comparison = new Comparison(results, recall);
    for (Competitor competitor : competitors) {
      addEngine(report, set.name() + ", " + competitor.label(), competitor.label(), comparison);
    }
    for (Competitor kindred : competitors) {
      for (Competitor peer : competitors) {
        if (kindred.isKindred() && !peer.isKindred()) {
          addRatios(report, set, kindred, peer, comparison);
        }
      }
    }
  }

  private void addEngine(Report report, String name, String engine, Comparison comparison) {
    Optional<Samples> perSecond = comparison.perSecond(engine);
    if (perSecond.isPresent()) {
      report.add(Figure.of(name + ", searches at recall " + recall, perSecond.get(), "1/s"));
    } else {
      report.note(name + " did not reach recall " + recall + " in every run.");
    }
    comparison.build(engine).ifPresent(s -> report.add(Figure.of(name + ", build", s, "s")));
    comparison
        .tuned(engine)
        .ifPresent(
            point -> {
              report.add(Figure.of(name + ", tuned default, recall", point.recall(), "1"));
              report.add(Figure.of(name + ", tuned default, searches", point.perSecond(), "1/s"));
            });
  }

  private void addRatios(
      Report report, VectorSet set, Competitor kindred, Competitor peer, Comparison comparison) {
    String name = set.name() + ", " + kindred.label() + " ÷ " + peer.label();
    comparison
        .speedRatio(kindred.label(), peer.label())
        .ifPresent(
            s ->
                report.add(
                    speedTarget(
                        Figure.of(name + ", searches at recall " + recall, s, "×"),
                        set,
                        kindred,
                        peer)));
    comparison
        .buildRatio(kindred.label(), peer.label())
        .ifPresent(
            s -> report.add(buildTarget(Figure.of(name + ", build", s, "×"), kindred, peer)));
  }

  /// What is wanted: of the default index against hnswlib, with or without huge pages, and of the
  /// ivf kinds against Faiss's.
  private Figure speedTarget(Figure figure, VectorSet set, Competitor kindred, Competitor peer) {
    if (isIvfPair(kindred.label(), peer.label()) && recall == 0.9) {
      return figure.atLeast(IVF_RATIO);
    }
    if (!peer.label().startsWith("hnswlib") || recall != 0.95) {
      return figure;
    }
    if (kindred.label().equals("kindred-hnsw java")) {
      return figure.atLeast(JAVA_RATIO);
    }
    for (NamedSet named : NamedSet.values()) {
      if (named.label().equals(set.name()) && kindred.label().equals("kindred-hnsw")) {
        return figure.atLeast(named.ratio(), named.goal());
      }
    }
    return figure;
  }

  private static boolean isIvfPair(String kindred, String peer) {
    return switch (peer) {
      case "faiss_ivfflat" -> kindred.startsWith("kindred-ivf_flat");
      case "faiss_ivfpq" -> kindred.startsWith("kindred-ivf_pq");
      default -> false;
    };
  }

  private static Figure buildTarget(Figure figure, Competitor kindred, Competitor peer) {
    boolean isDefault = kindred.label().equals("kindred-hnsw") && peer.label().equals("hnswlib");
    return isDefault ? figure.atMost(BUILD_RATIO, BUILD_GOAL) : figure;
  }
}
