package io.kindred.app.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.KindredProcess;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.engine.store.StoreVerifier;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import io.kindred.protocol.v1.StoredRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A server in a process of its own, under a plan's load. Owned by one test.
final class Soak {
  private static final long SEED = Long.getLong("seed", 42);

  /// A heap that is there from the start: what grows then is no heap that the JVM had not asked for
  /// yet.
  private static final List<String> JVM =
      List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-Xlog:disable");

  private static final Duration EXPIRY_PATIENCE = Duration.ofSeconds(60);
  private static final int PAGE_ROWS = 2_000;

  /// Of the writes that the plan asks for; the machine may be busy with other things too.
  private static final double WRITTEN_SHARE_MIN = 0.9;

  private final SoakPlan plan;
  private final Path data;
  private final Path samples;
  private final Latencies writes = new Latencies();
  private final Latencies searches = new Latencies();
  private final AtomicLong rowsWritten = new AtomicLong();
  private final List<Churn> writers = new ArrayList<>();

  /// @param directory for the server's data
  /// @param samples the file that takes what is seen
  Soak(SoakPlan plan, Path directory, Path samples) {
    this.plan = plan;
    this.data = directory.resolve("data");
    this.samples = samples;
  }

  /// @param main serves as [io.kindred.app.Main] does
  /// @throws AssertionError that says all that is not as it should be
  void run(Class<?> main) throws Exception {
    Files.deleteIfExists(samples);
    System.out.println("soak: samples in " + samples.toAbsolutePath() + ", seed " + SEED);
    try (KindredProcess server = serve(main)) {
      load(server);
      server.terminate();
      assertThat(server.exitStatus()).as(server.transcript()).isZero();
    }
    assertThat(StoreVerifier.verify(data, _ -> {})).isEmpty();
    try (KindredProcess server = serve(main);
        KindredClient client = client(server)) {
      requireRows(client);
    }
  }

  private KindredProcess serve(Class<?> main) throws IOException {
    List<String> options = new ArrayList<>(JVM);
    options.add("-Dkindred.soak.samples=" + samples.toAbsolutePath());
    return KindredProcess.start(main, options, "serve", "--port", "0", "--data", data.toString());
  }

  private static KindredClient client(KindredProcess server) {
    return KindredClient.of(
        ClientOptions.DEFAULT.withUrl(server.uri()).withConcurrency(2, 64).withAttemptsMax(20));
  }

  private void load(KindredProcess server) throws Exception {
    try (KindredClient client = client(server)) {
      client.createTable(new SoakRows(plan.dimension()).spec());
      for (int number = 0; number < SoakPlan.WRITERS; number++) {
        Churn writer = new Churn(client, plan, number, writes, SEED);
        writer.fill();
        writers.add(writer);
      }
      SoakVerdict verdict = SoakVerdict.of(plan, underLoad(server, client));
      System.out.print(verdict.summary());
      requireRows(client);
      assertThat(verdict.problems()).as("seed " + SEED + "\n" + verdict.summary()).isEmpty();
      if (plan.judgesSpeed()) {
        assertThat((double) rowsWritten.get())
            .as("rows written")
            .isGreaterThan(
                WRITTEN_SHARE_MIN * plan.writesPerSecond() * plan.time().toMillis() / 1_000);
      }
    }
  }

  private List<Sample> underLoad(KindredProcess server, KindredClient client) throws Exception {
    long end = System.nanoTime() + plan.time().toNanos();
    AtomicBoolean hasFailed = new AtomicBoolean();
    BooleanSupplier isOver = () -> hasFailed.get() || System.nanoTime() - end > 0;
    ThreadFactory threads = Thread.ofPlatform().name("soak-", 0).daemon().factory();
    try (Sampler sampler = new Sampler(server, data, samples, writes, searches);
        var pool = Executors.newThreadPerTaskExecutor(threads)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (Churn writer : writers) {
        tasks.add(
            pool.submit(guarded(hasFailed, () -> writer.run(isOver, rowsWritten::addAndGet))));
      }
      tasks.add(
          pool.submit(
              guarded(hasFailed, () -> new Searcher(client, plan, searches, SEED).run(isOver))));
      Future<List<Sample>> sampled = pool.submit(() -> sampler.run(plan.sampleTime(), isOver));
      for (Future<?> task : tasks) {
        task.get();
      }
      return sampled.get();
    } catch (ExecutionException e) {
      throw new AssertionError(
          "seed " + SEED + ": " + e.getCause() + "\n" + server.transcript(), e);
    }
  }

  /// Where one fails, the others end too.
  private static Runnable guarded(AtomicBoolean hasFailed, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        hasFailed.set(true);
        throw e;
      }
    };
  }

  /// Waits until all that expires has, and looks at every row.
  private void requireRows(KindredClient client) {
    awaitCount(client);
    SoakRows rows = new SoakRows(plan.dimension());
    Map<Long, Long> expected = new HashMap<>();
    writers.forEach(writer -> expected.putAll(writer.expected()));
    ScanRequest.Builder scan =
        ScanRequest.newBuilder()
            .setTable(SoakRows.TABLE)
            .setLimit(PAGE_ROWS)
            .setInclude(Include.newBuilder().setFields(true).setVectors(true));
    boolean isMore = true;
    while (isMore) {
      ScanResponse page = client.scan(scan.build());
      for (StoredRow row : page.getRowsList()) {
        long key = row.getId().getNumber();
        Long written = expected.remove(key);
        if (written == null || !rows.is(row, key, written)) {
          throw new AssertionError(
              "seed " + SEED + ": " + row + " (expected: write " + written + ")");
        }
      }
      isMore = page.hasNext();
      scan.setAfter(page.getNext());
    }
    assertThat(expected).as("seed " + SEED + ", rows that are not there").isEmpty();
  }

  private void awaitCount(KindredClient client) {
    long expected = writers.stream().mapToLong(writer -> writer.expected().size()).sum();
    long end = System.nanoTime() + plan.timeToLive().plus(EXPIRY_PATIENCE).toNanos();
    long count = client.getTable(SoakRows.TABLE).getRowCount();
    while (count != expected && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(100_000_000);
      count = client.getTable(SoakRows.TABLE).getRowCount();
    }
    assertThat(count).as("seed " + SEED + ", count").isEqualTo(expected);
  }
}
