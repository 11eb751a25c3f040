package io.kindred.bench;

import io.kindred.app.config.ServeConfig;
import io.kindred.app.serve.ServedStore;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.Pace;
import io.kindred.client.CallFailedException;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.engine.KeyType;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.Vector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What becomes of a server that is asked for more than it can do.
@Command(
    name = "overload",
    description = {
      "Exact searches over gRPC: first as many as the server answers to callers that wait for each"
          + " answer, its capacity; then at half, at all and at twice that rate, whether it answers or"
          + " not, without a second attempt.",
      "Times count from when a call was due. Server and callers share the machine, so the figures are"
          + " about bounds and not about speed."
    },
    mixinStandardHelpOptions = true)
final class OverloadCommand implements Callable<Integer> {
  private static final double[] LOADS = {0.5, 1, 2};
  private static final int QUERIES = 256;
  private static final int CONNECTIONS = 16;
  private static final int CALLERS = 2 * Runtime.getRuntime().availableProcessors();
  private static final int CALLS_MAX = 1_000_000;

  /// The time that a call may wait for a thread, and as much for all else on a machine that is
  /// full.
  private static final double P99_MILLIS = 2_000;

  @Option(names = "--rows", paramLabel = "N", description = "Rows of the table. Default: 100000.")
  private int rows = 100_000;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description = "Components of a vector. Default: 128.")
  private int dimension = 128;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each load is offered. Default: 10.")
  private int seconds = 10;

  @Override
  public Integer call() {
    Report report = new Report("overload", System.out);
    TablePlan plan = new TablePlan(new Synthetic(dimension, 1), KeyType.UINT64, "flat", rows);
    try (StoreDirectory directory = new StoreDirectory(null)) {
      directory.prepare(report, List.of(plan));
      ServeConfig config =
          ServeConfig.DEFAULT
              .withPort(0)
              .withData(directory.path())
              .withRecallInterval(Duration.ZERO);
      try (ServedStore served = ServedStore.start(config);
          KindredClient client = KindredClient.of(options(served))) {
        measure(report, client, queries(plan));
      }
    }
    report.print();
    return 0;
  }

  private static ClientOptions options(ServedStore served) {
    return new ClientOptions(
        "127.0.0.1",
        served.port(),
        CONNECTIONS,
        CALLS_MAX,
        Duration.ofMinutes(1),
        1,
        Duration.ofMillis(1));
  }

  private static List<SearchRequest> queries(TablePlan plan) {
    Synthetic.Vectors vectors = plan.data().vectors();
    List<SearchRequest> queries = new ArrayList<>(QUERIES);
    for (int i = 0; i < QUERIES; i++) {
      Vector.Builder vector = Vector.newBuilder();
      for (float component : vectors.vector(i)) {
        vector.addValues(component);
      }
      queries.add(
          SearchRequest.newBuilder()
              .setTable(plan.name())
              .addQueries(Query.newBuilder().setVector(vector))
              .setK(10)
              .setExact(com.google.protobuf.Empty.getDefaultInstance())
              .build());
    }
    return queries;
  }

  private void measure(Report report, KindredClient client, List<SearchRequest> queries) {
    report.progress("warming up");
    capacity(client, queries, Math.max(1, seconds / 3));
    double capacity = capacity(client, queries, seconds);
    report.add(Figure.of("capacity", capacity, "1/s"));
    for (double load : LOADS) {
      report.progress("offering " + load + " × capacity");
      Outcome outcome = offer(client, queries, load * capacity);
      String name = "%.1f × capacity, ".formatted(load);
      report.add(Figure.of(name + "offered", load * capacity, "1/s"));
      Figure admitted =
          Figure.of(name + "admitted", outcome.admitted.length / (double) seconds, "1/s");
      report.add(load > 1 ? admitted.atLeast(0.8 * capacity) : admitted);
      report.add(Figure.of(name + "refused", outcome.refused / (double) seconds, "1/s"));
      if (outcome.admitted.length > 0) {
        Samples millis = new Samples(outcome.admitted);
        report.add(Figure.of(name + "admitted, p50", millis.percentile(50), "ms"));
        report.add(
            Figure.of(name + "admitted, p99", millis.percentile(99), "ms").atMost(P99_MILLIS));
      }
    }
  }

  /// Searches a second of callers that wait for each answer.
  private static double capacity(KindredClient client, List<SearchRequest> queries, int seconds) {
    AtomicLong done = new AtomicLong();
    long started = System.nanoTime();
    long end = started + seconds * 1_000_000_000L;
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller;
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int at = first; System.nanoTime() < end; at++) {
                      try {
                        client.search(queries.get(at % QUERIES));
                        done.incrementAndGet();
                      } catch (CallFailedException e) {
                        requireRefusal(e);
                      }
                    }
                  }));
    }
    for (Thread caller : callers) {
      try {
        caller.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return done.get() * 1e9 / (System.nanoTime() - started);
  }

  /// What became of the calls of one load.
  ///
  /// @param admitted milliseconds of each call that was answered
  private record Outcome(double[] admitted, long refused) {}

  private Outcome offer(KindredClient client, List<SearchRequest> queries, double perSecond) {
    int count = (int) (perSecond * seconds);
    double[] millis = new double[count];
    AtomicLong refused = new AtomicLong();
    List<CompletableFuture<Void>> calls = new ArrayList<>(count);
    Pace pace = new Pace(perSecond);
    for (int i = 0; i < count; i++) {
      int number = i;
      long due = pace.await(i);
      calls.add(
          client
              .searchAsync(queries.get(i % QUERIES))
              .handle(
                  (answer, thrown) -> {
                    if (thrown == null) {
                      millis[number] = (System.nanoTime() - due) / 1e6;
                    } else {
                      requireRefusal(thrown);
                      millis[number] = Double.NaN;
                      refused.incrementAndGet();
                    }
                    return null;
                  }));
    }
    calls.forEach(CompletableFuture::join);
    double[] admitted = Arrays.stream(millis).filter(Double::isFinite).toArray();
    return new Outcome(admitted, refused.get());
  }

  /// Anything but a refusal for want of room is no overload but a failure.
  private static void requireRefusal(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(cause instanceof CallFailedException failure && failure.isWorthARetry())) {
      throw new IllegalStateException("a search failed", thrown);
    }
  }
}
