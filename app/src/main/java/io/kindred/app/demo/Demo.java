package io.kindred.app.demo;

import io.kindred.app.config.ServeConfig;
import io.kindred.app.demo.DataFolder.Stay;
import io.kindred.app.demo.DemoOptions.Length;
import io.kindred.app.serve.ServedStore;
import io.kindred.app.serve.StopSignal;
import io.kindred.app.tables.RemoteTables;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.server.logs.LogSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The main job in one run: a real server on a real port, a shop in it, explained searches, and
/// traffic. Owned by one thread.
public final class Demo {
  private static final long SEED = 20_260_101;
  private static final int ITEMS = 12_000;
  private static final int SHOPPERS = 1_000;
  private static final int K = 10;
  private static final int BATCH_EVENTS = 100;
  private static final String PIPELINE = "shop.yaml";
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration STATUS = Duration.ofSeconds(3);
  private static final Duration ONCE_TRAFFIC = Duration.ofSeconds(5);

  private final DemoOptions options;
  private final Terminal out;
  private final LogSource logs;
  private final Checks checks = new Checks();

  /// @param logs what the process logs
  public Demo(DemoOptions options, Terminal out, LogSource logs) {
    this.options = options;
    this.out = out;
    this.logs = logs;
  }

  /// Runs until stopped, or once through.
  ///
  /// @return whether everything that was checked held
  public boolean run(StopSignal stop) throws IOException, InterruptedException {
    out.println(
        out.bold("Kindred demo")
            + "  a shop of "
            + Figures.count(ITEMS, "item")
            + " and "
            + Figures.count(SHOPPERS, "shopper")
            + ", vectors of "
            + Taste.DIMENSION);
    try (DataFolder data = DataFolder.of(options.data());
        ServedStore served = ServedStore.start(config(data), logs);
        Shop shop = new Shop(RemoteTables.at(URI.create(served.uri())));
        ShopRest rest = new ShopRest(URI.create(served.uri()))) {
      field("console", served.uri() + out.dim("   metrics /metrics   reference /docs"));
      field(
          "data",
          data.path() + out.dim(data.stay() == Stay.REMOVED ? "   removed at the end" : ""));
      Catalogue catalogue = Catalogue.of(SEED, ITEMS, SHOPPERS);
      Ledger ledger = new Ledger();
      Tour.Connections connections = new Tour.Connections(shop, rest, new Feed(rest, ledger));
      boolean isFresh = !shop.isOpen();
      fill(shop, catalogue, isFresh);
      served.pipelines().add(PIPELINE, pipeline());
      begin(connections, catalogue, ledger, isFresh);
      link(served, catalogue, connections);
      out.println();

      new Tour(connections, catalogue, out, checks).run();
      Traffic traffic = new Traffic(rest, catalogue, ledger, SEED);
      try (traffic) {
        traffic.start();
        live(traffic, shop, stop);
      }
      if (options.length() == Length.ONCE && !stop.isRequested()) {
        Summary summary = new Summary(connections, catalogue, out, checks);
        summary.measure(traffic, ledger, isFresh);
        summary.print(traffic);
      }
    }
    return checks.failures().isEmpty();
  }

  private static String pipeline() throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream(PIPELINE)) {
      return new String(
          Objects.requireNonNull(in, "built with the program").readAllBytes(),
          StandardCharsets.UTF_8);
    }
  }

  private ServeConfig config(DataFolder data) {
    return ServeConfig.DEFAULT
        .withPort(options.port())
        .withData(data.path())
        .withLogLevel(options.logLevel());
  }

  private void field(String name, String value) {
    field(out, name, value);
  }

  /// Prints a line with a name.
  static void field(Terminal out, String name, String value) {
    out.println("  " + out.styled(Style.CYAN, "%-12s".formatted(name)) + value);
  }

  private void fill(Shop shop, Catalogue catalogue, boolean isFresh) {
    if (!isFresh) {
      field("loaded", "by an earlier run; " + Figures.count(shop.rowCount(Shop.ITEMS), "item"));
      return;
    }
    long started = System.nanoTime();
    shop.open(catalogue);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    field(
        "loaded",
        "%s in %s, each batch on disk before it was acknowledged"
            .formatted(Figures.count(ITEMS + SHOPPERS, "row"), Figures.duration(took)));
    checks.that(shop.rowCount(Shop.ITEMS) == ITEMS, "all items are counted");
    checks.that(shop.rowCount(Shop.SHOPPERS) == SHOPPERS, "all shoppers are counted");
  }

  /// Gives the shoppers their first tastes, through the pipeline.
  private void begin(
      Tour.Connections connections, Catalogue catalogue, Ledger ledger, boolean isFresh)
      throws IOException, InterruptedException {
    if (!isFresh) {
      List<String> shoppers = catalogue.shoppers().stream().map(Shopper::id).toList();
      ledger.begin(connections.shop().means(shoppers));
      return;
    }
    List<Act> acts = new ArrayList<>();
    for (Shopper shopper : catalogue.shoppers()) {
      for (Item item : shopper.liked()) {
        boolean isDearest = item.genre().name().equals(shopper.likes().getFirst());
        acts.add(Act.now(shopper, isDearest ? Act.Kind.LIKED : Act.Kind.VIEWED, item));
      }
    }
    long started = System.nanoTime();
    int taken = 0;
    for (int from = 0; from < acts.size(); from += BATCH_EVENTS) {
      List<Act> batch = acts.subList(from, Math.min(acts.size(), from + BATCH_EVENTS));
      taken += connections.feed().send(batch);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    field(
        "tastes",
        "of %s in %s, through the pipeline"
            .formatted(Figures.count(taken, "event"), Figures.duration(took)));
    checks.that(taken == acts.size(), "the pipeline takes all events");
  }

  /// Builds the graph now, which would otherwise happen once more rows have come, and lets the JVM
  /// warm up.
  private void link(ServedStore served, Catalogue catalogue, Tour.Connections connections)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    served.store().table(Shop.ITEMS).fold();
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    field("indexed", Figures.count(ITEMS, "vector") + " in " + Figures.duration(took));
    long warmUntil = System.nanoTime() + WARM_UP.toNanos();
    for (Shopper shopper : catalogue.shoppers()) {
      connections.rest().recommend(ShopRest.recommendation(shopper.id(), K, ""));
      if (System.nanoTime() > warmUntil) {
        return;
      }
    }
  }

  private void live(Traffic traffic, Shop shop, StopSignal stop) throws InterruptedException {
    boolean isOnce = options.length() == Length.ONCE;
    out.println(
        "  "
            + out.bold("Live: ")
            + "shoppers act, their tastes move, and they are recommended what they have not seen."
            + (isOnce ? "" : " Ctrl-C stops."));
    out.println(
        out.dim(
            "  %-8s  %8s  %20s  %12s  %18s  %8s"
                .formatted(
                    "time",
                    "events/s",
                    "searchable p50 / p99",
                    "recommends/s",
                    "answer p50 / p99",
                    "rows")));
    long started = System.nanoTime();
    long lastEvents = 0;
    long lastAnswers = 0;
    long last = started;
    boolean isOver = false;
    while (!isOver) {
      long left = ONCE_TRAFFIC.toNanos() - (System.nanoTime() - started);
      Duration pause =
          isOnce ? Duration.ofNanos(Math.max(0, Math.min(STATUS.toNanos(), left))) : STATUS;
      isOver = stop.await(pause) || (isOnce && left <= STATUS.toNanos());
      long now = System.nanoTime();
      double seconds = Math.max(1e-3, (now - last) / 1e9);
      long events = traffic.events();
      long answers = traffic.recommendations().count();
      if (!stop.isRequested()) {
        status(
            traffic,
            Math.round((events - lastEvents) / seconds),
            Math.round((answers - lastAnswers) / seconds),
            shop.rowCount(Shop.ITEMS) + shop.rowCount(Shop.SHOPPERS));
      }
      last = now;
      lastEvents = events;
      lastAnswers = answers;
    }
  }

  private void status(Traffic traffic, long eventRate, long answerRate, long rows) {
    out.println(
        "  %-8s  %8s  %20s  %12s  %18s  %8s"
            .formatted(
                LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                Figures.count(eventRate),
                traffic.searchable().quantiles(),
                Figures.count(answerRate),
                traffic.recommendations().quantiles(),
                Figures.count(rows)));
  }
}
