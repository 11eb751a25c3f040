package io.kindred.bench.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.app.config.ServeConfig;
import io.kindred.app.rest.RestCalls;
import io.kindred.app.serve.ServedStore;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.Pace;
import io.kindred.bench.store.Pause;
import io.kindred.bench.store.Scratch;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Table;
import io.kindred.server.pipelines.PipelineReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How good recommendations are, and how soon they come while tastes move.
@Command(
    name = "recommend",
    description = {
      "The real set amazon-book: all that people took is replayed as events through Kafka, whose"
          + " broker runs in a process of its own on this machine, and a pipeline makes their tastes"
          + " of it. Then everybody with books held out is recommended 100, over REST, beside the"
          + " most popular books and beside the set's own vectors of people.",
      "Then recommendations are asked for, so many a second, while events come. Times count from"
          + " when a request was due. Server and callers are one process."
    },
    mixinStandardHelpOptions = true)
public final class RecommendCommand implements Callable<Integer> {
  private static final int K = 100;
  private static final int K_LIVE = 20;
  private static final int PARTITIONS = 4;
  private static final double P99_MILLIS = 10;
  private static final int WARM_UP_SECONDS = 20;

  /// Requests that wait for their answers; a connection of HTTP/2 takes a hundred.
  private static final int CALLERS = 64;

  @Mixin private final BooksOptions data = new BooksOptions();

  @Option(
      names = "--half-life",
      paramLabel = "N",
      description = {
        "Of a taste, in books that a person takes. Default: ${DEFAULT-VALUE}, which is about none."
      })
  private int halfLife = 10_000;

  @Option(
      names = "--length-power",
      paramLabel = "P",
      description = {
        "A book weighs 1 / length^P: long vectors are those of popular books, which tell less of a"
            + " person. Default: ${DEFAULT-VALUE}. Both defaults are what bench tastes chooses."
      })
  private double lengthPower = 1;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Events a second while times are taken. Default: ${DEFAULT-VALUE}.")
  private int eventRate = 2_000;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Recommendations a second meanwhile. Default: ${DEFAULT-VALUE}.")
  private int requestRate = 500;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long times are taken. Default: ${DEFAULT-VALUE}.")
  private int seconds = 20;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Report report = new Report("recommend", System.out);
    Books books = Books.read(data.directory());
    try (Scratch scratch = new Scratch();
        BrokerProcess broker = new BrokerProcess(scratch.directory());
        ServedStore served =
            ServedStore.start(
                ServeConfig.DEFAULT.withPort(0).withData(scratch.directory().resolve("store")))) {
      BookShop shop = new BookShop(books, broker.bootstrap());
      shop.createTables(served.store(), lengthPower);
      broker.createTopic(BookShop.PIPELINE, PARTITIONS);
      broker.createTopic(BookShop.PIPELINE + ".dead", 1);
      replay(report, served, shop, books.takenCount());
      hitRates(report, served, books);
      live(report, served, shop, books);
    }
    report.print();
    return 0;
  }

  private void replay(Report report, ServedStore served, BookShop shop, int count)
      throws InterruptedException {
    shop.replay();
    report.progress(count + " events are in the topic");
    served.pipelines().add("books.yaml", shop.pipeline(halfLife));
    awaitDone(served, 1);
    long started = System.nanoTime();
    awaitDone(served, count);
    report.add(Figure.of("events replayed", count * 1e9 / (System.nanoTime() - started), "1/s"));
  }

  /// Waits until that many events have been applied, each once, and none was put aside.
  private static void awaitDone(ServedStore served, long count) {
    while (true) {
      PipelineReport.Counts counts = served.pipelines().port().status(BookShop.PIPELINE).counts();
      if (counts.deadLettered() + counts.repeated() + counts.stale() > 0) {
        throw new IllegalStateException("events: " + counts + " (expected: all applied once)");
      }
      if (counts.applied() >= count) {
        return;
      }
      Pause.briefly();
    }
  }

  private void hitRates(Report report, ServedStore served, Books books)
      throws IOException, InterruptedException {
    HitRate recommended = new HitRate();
    HitRate popular = new HitRate();
    HitRate given = new HitRate();
    List<Integer> byPopularity = books.byPopularity();
    Table items = served.store().table(BookShop.ITEMS);
    try (RestCalls rest = new RestCalls(URI.create(served.uri()))) {
      for (int user : books.judges()) {
        Set<Integer> seen = new HashSet<>(books.taken().getOrDefault(user, List.of()));
        Set<Integer> heldOut = books.heldOut().getOrDefault(user, Set.of());
        recommended.add(ids(rest.get("/v1/recommend/" + user + "?k=" + K)), heldOut);
        popular.add(HitRate.unseen(byPopularity, seen, K), heldOut);
        float[] vector = books.users().getOrDefault(user, new float[0]);
        List<Integer> nearest = nearest(items, vector, K + seen.size());
        given.add(HitRate.unseen(nearest, seen, K), heldOut);
      }
    }
    report.add(Figure.count("people with books held out", books.judges().size()));
    add(report, "recommend", recommended);
    add(report, "most popular", popular);
    add(report, "users.fvecs, exact", given);
  }

  private static void add(Report report, String name, HitRate rate) {
    report.add(Figure.of(name + ", hit rate@" + K, rate.hitRate(), ""));
    report.add(Figure.of(name + ", recall@" + K, rate.recall(), ""));
  }

  private static List<Integer> ids(JsonNode answer) {
    List<Integer> ids = new ArrayList<>();
    answer.path("matches").forEach(match -> ids.add(match.path("id").asInt()));
    return ids;
  }

  private static List<Integer> nearest(Table items, float[] vector, int count) {
    SearchRequest request =
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(vector),
            count,
            null,
            null,
            List.of(),
            null,
            new SearchRequest.Effort.Exact(),
            null,
            Projection.KEY);
    return items.search(request).matches().stream()
        .map(match -> Integer.valueOf(match.key().toString()))
        .toList();
  }

  private void live(Report report, ServedStore served, BookShop shop, Books books)
      throws InterruptedException {
    report.progress("asking while events come");
    long before = served.pipelines().port().status(BookShop.PIPELINE).counts().applied();
    int events = eventRate * (WARM_UP_SECONDS + seconds);
    Thread producer = Thread.ofPlatform().start(() -> shop.live(events, eventRate, 2));
    List<Integer> judges = books.judges();
    ask(served, judges, WARM_UP_SECONDS);
    Samples millis = new Samples(ask(served, judges, seconds));
    long applied = served.pipelines().port().status(BookShop.PIPELINE).counts().applied();
    producer.join();
    awaitDone(served, before + events);
    String name = "recommend, %,d/s beside %,d events/s, ".formatted(requestRate, eventRate);
    report.add(Figure.of(name + "p50", millis.percentile(50), "ms"));
    report.add(Figure.of(name + "p99", millis.percentile(99), "ms").atMost(P99_MILLIS));
    report.add(Figure.of(name + "longest", millis.largest(), "ms"));
    double eventsPerSecond = (applied - before) / (double) (WARM_UP_SECONDS + seconds);
    report.add(Figure.of("events applied meanwhile", eventsPerSecond, "1/s"));
  }

  /// Milliseconds from when each request was due until its answer was there.
  private double[] ask(ServedStore served, List<Integer> users, int howLong)
      throws InterruptedException {
    double[] millis = new double[requestRate * howLong];
    AtomicInteger next = new AtomicInteger();
    Pace pace = new Pace(requestRate);
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        running.add(
            callers.submit(
                () -> {
                  for (int i = next.getAndIncrement();
                      i < millis.length;
                      i = next.getAndIncrement()) {
                    long due = pace.await(i);
                    ask(client, served.uri(), users.get(i % users.size()));
                    millis[i] = (System.nanoTime() - due) / 1e6;
                  }
                  return null;
                }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a caller failed", e);
    }
    return millis;
  }

  private static void ask(HttpClient client, String server, int user)
      throws IOException, InterruptedException {
    URI uri = URI.create(server + "/v1/recommend/" + user + "?k=" + K_LIVE);
    HttpResponse<byte[]> answer =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(uri + ": " + answer.statusCode() + " (expected: 200)");
    }
  }
}
