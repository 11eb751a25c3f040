package io.kindred.bench.pipeline;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.Pause;
import io.kindred.bench.store.Scratch;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.stream.PipelineListener;
import io.kindred.stream.PipelineOptions;
import io.kindred.stream.PipelineStatus;
import io.kindred.stream.Pipelines;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How many events a second become tastes, and how soon.
@Command(
    name = "pipeline",
    description = {
      "Events of Kafka, whose broker runs in a process of its own on this machine, become the tastes of"
          + " users: decoded, weighted by an expression, looked up, merged, durable.",
      "As fast as they are read, in turn with one in a hundred malformed; then as many a second as"
          + " --rate says, with the time from when the broker took an event until it is searchable."
    },
    mixinStandardHelpOptions = true)
public final class PipelineCommand implements Callable<Integer> {
  private static final double LEAST_PER_SECOND = 15_000;
  private static final double P99_MILLIS = 1_000;
  private static final double MALFORMED_SHARE = 0.01;
  private static final double LOSS_MAX_PERCENT = 5;

  @Option(names = "--users", paramLabel = "N", description = "Default: 50000.")
  private int users = 50_000;

  @Option(names = "--items", paramLabel = "N", description = "Default: 20000.")
  private int items = 20_000;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description = "Components of a vector. Default: 64.")
  private int dimension = 64;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Events of each run as fast as they are read. Default: 300000.")
  private int events = 300_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Events a second while the time until they are searchable is taken. Default: 5000.")
  private int rate = 5_000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long events come at that rate. Default: 20.")
  private int seconds = 20;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "How often each is read as fast as it goes. Default: 3.")
  private int turns = 3;

  @Option(names = "--partitions", paramLabel = "N", description = "Default: 4.")
  private int partitions = 4;

  @Option(
      names = "--hnsw",
      description = "Index the users' tastes as a graph. Otherwise they are compared one by one.")
  private boolean isGraph;

  private final Queue<Double> millis = new ConcurrentLinkedQueue<>();

  @Override
  public Integer call() {
    Report report = new Report("pipeline", System.out);
    Interactions sound = new Interactions(users, items, dimension, 0);
    Interactions mixed = new Interactions(users, items, dimension, MALFORMED_SHARE);
    try (Scratch scratch = new Scratch();
        BrokerProcess broker = new BrokerProcess(scratch.directory());
        EmbeddedStore store =
            EmbeddedStore.open(StoreOptions.at(scratch.directory().resolve("store")));
        Pipelines pipelines = Pipelines.open(store, options())) {
      sound.createTables(store, isGraph ? IndexSpec.Hnsw.DEFAULT : new IndexSpec.Flat());
      report.progress("warming up");
      perSecond(pipelines, broker, mixed, "warm", events / 2);
      throughput(report, pipelines, broker, List.of(sound, mixed));
      latencies(report, pipelines, broker, sound);
    }
    report.print();
    return 0;
  }

  /// Events a second, without malformed ones and with, in turn: the process gets faster as it goes.
  private void throughput(
      Report report, Pipelines pipelines, BrokerProcess broker, List<Interactions> kinds) {
    double[] sound = new double[turns];
    double[] mixed = new double[turns];
    long deadLetters = 0;
    for (int turn = 0; turn < turns; turn++) {
      report.progress("turn " + (turn + 1) + " of " + turns);
      sound[turn] = perSecond(pipelines, broker, kinds.getFirst(), "sound-" + turn, events);
      String name = "mixed-" + turn;
      mixed[turn] = perSecond(pipelines, broker, kinds.getLast(), name, events);
      deadLetters += pipelines.status(name).counts().deadLettered();
    }
    Samples rates = new Samples(sound);
    report.add(Figure.of("events, durable", rates, "1/s").atLeast(LEAST_PER_SECOND));
    report.add(Figure.of("events, 1 % malformed", new Samples(mixed), "1/s"));
    double loss = 100 * (1 - new Samples(mixed).median() / rates.median());
    report.add(Figure.of("loss by 1 % malformed", loss, "%").atMost(LOSS_MAX_PERCENT));
    report.add(Figure.count("dead letters", deadLetters));
  }

  private PipelineOptions options() {
    PipelineListener listener =
        new PipelineListener() {
          @Override
          public void searchable(String pipeline, Duration after) {
            if (pipeline.equals("paced")) {
              millis.add(after.toNanos() / 1e6);
            }
          }
        };
    return PipelineOptions.of(
            _ -> {
              throw new IllegalStateException("create (expected: tables that exist)");
            })
        .withListener(listener);
  }

  /// Events a second from the first one that is done to the last, all of which were there before.
  private double perSecond(
      Pipelines pipelines,
      BrokerProcess broker,
      Interactions interactions,
      String name,
      int count) {
    start(broker, name);
    interactions.produce(broker.bootstrap(), name, count, 0, name.hashCode());
    pipelines.add(name, Interactions.pipeline(name, broker.bootstrap(), name));
    long first = awaitDone(pipelines, name, 1);
    long firstNanos = System.nanoTime();
    long last = awaitDone(pipelines, name, count);
    double perSecond = (last - first) * 1e9 / (System.nanoTime() - firstNanos);
    pause(pipelines, name);
    return perSecond;
  }

  private void start(BrokerProcess broker, String name) {
    broker.createTopic(name, partitions);
    broker.createTopic(name + ".dead", 1);
  }

  private void latencies(
      Report report, Pipelines pipelines, BrokerProcess broker, Interactions interactions) {
    start(broker, "paced");
    pipelines.add("paced", Interactions.pipeline("paced", broker.bootstrap(), "paced"));
    // The group has met before the first event that counts.
    interactions.produce(broker.bootstrap(), "paced", rate, rate, 1);
    awaitDone(pipelines, "paced", rate);
    millis.clear();
    interactions.produce(broker.bootstrap(), "paced", rate * seconds, rate, 2);
    awaitDone(pipelines, "paced", (long) rate * (seconds + 1));
    Samples samples = new Samples(millis.stream().mapToDouble(it -> it).toArray());
    String name = "searchable at %,d/s, ".formatted(rate);
    report.add(Figure.of(name + "p50", samples.percentile(50), "ms"));
    report.add(Figure.of(name + "p99", samples.percentile(99), "ms").atMost(P99_MILLIS));
    report.add(Figure.of(name + "longest", samples.largest(), "ms"));
    pause(pipelines, "paced");
  }

  /// Waits until that many events are done, and says how many are.
  private static long awaitDone(Pipelines pipelines, String name, long count) {
    while (true) {
      PipelineStatus status = pipelines.status(name);
      long done = status.counts().applied() + status.counts().deadLettered();
      if (done >= count) {
        return done;
      }
      Pause.briefly();
    }
  }

  private static void pause(Pipelines pipelines, String name) {
    try {
      pipelines.pause(name, "bench");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
