package io.kindred.app.demo;

import io.kindred.app.config.ServeConfig;
import io.kindred.app.demo.DataFolder.Stay;
import io.kindred.app.demo.DemoOptions.Length;
import io.kindred.app.demo.Shop.Effort;
import io.kindred.app.serve.ServedStore;
import io.kindred.app.serve.StopSignal;
import io.kindred.app.tables.RemoteTables;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.server.logs.LogSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The main job in one run: a real server on a real port, a shop in it, explained searches, and
/// traffic. Owned by one thread.
public final class Demo {
  private static final long SEED = 20_260_101;
  private static final int ITEMS = 12_000;
  private static final int SHOPPERS = 1_000;
  private static final int K = 10;
  private static final int RECALL_SAMPLE = 200;
  private static final double RECALL_LEAST = 0.95;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
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
        RestSearch rest = new RestSearch(served.uri())) {
      field("console", served.uri() + out.dim("   metrics /metrics   reference /docs"));
      field(
          "data",
          data.path() + out.dim(data.stay() == Stay.REMOVED ? "   removed at the end" : ""));
      Catalogue catalogue = Catalogue.of(SEED, ITEMS, SHOPPERS);
      fill(shop, catalogue);
      link(served, catalogue, new Tour.Connections(shop, rest));
      out.println();

      new Tour(new Tour.Connections(shop, rest), catalogue, out, checks).run();
      Traffic traffic = new Traffic(shop, catalogue, SEED);
      try (traffic) {
        traffic.start();
        live(traffic, shop, stop);
      }
      if (options.length() == Length.ONCE && !stop.isRequested()) {
        measure(traffic, shop, catalogue);
        summarise(traffic);
      }
    }
    return checks.failures().isEmpty();
  }

  private ServeConfig config(DataFolder data) {
    return ServeConfig.DEFAULT
        .withPort(options.port())
        .withData(data.path())
        .withLogLevel(options.logLevel());
  }

  private void field(String name, String value) {
    out.println("  " + out.styled(Style.CYAN, "%-10s".formatted(name)) + value);
  }

  private void fill(Shop shop, Catalogue catalogue) {
    if (shop.isOpen()) {
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

  /// Builds the graph now, which would otherwise happen once more rows have come, and lets the JVM
  /// warm up.
  private void link(ServedStore served, Catalogue catalogue, Tour.Connections connections)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    served.store().table(Shop.ITEMS).fold();
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    field("indexed", Figures.count(ITEMS, "vector") + " in " + Figures.duration(took));
    long warmUntil = System.nanoTime() + WARM_UP.toNanos();
    Shop shop = connections.shop();
    for (Shopper shopper : catalogue.shoppers()) {
      float[] taste = shop.taste(shopper.id());
      shop.nearest(taste, K, Effort.USUAL);
      connections.rest().search("{\"vector\":%s}".formatted(RestSearch.json(taste)));
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
            + "shoppers act, their tastes move, everybody searches."
            + (isOnce ? "" : " Ctrl-C stops."));
    out.println(
        out.dim(
            "  %-8s  %8s  %10s  %18s  %18s  %8s"
                .formatted(
                    "time",
                    "events/s",
                    "searches/s",
                    "get p50 / p99",
                    "search p50 / p99",
                    "rows")));
    long started = System.nanoTime();
    long lastEvents = 0;
    long lastSearches = 0;
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
      long searches = traffic.searches().count();
      if (!stop.isRequested()) {
        status(
            traffic,
            Math.round((events - lastEvents) / seconds),
            Math.round((searches - lastSearches) / seconds),
            shop.rowCount(Shop.ITEMS) + shop.rowCount(Shop.SHOPPERS));
      }
      last = now;
      lastEvents = events;
      lastSearches = searches;
    }
  }

  private void status(Traffic traffic, long eventRate, long searchRate, long rows) {
    out.println(
        "  %-8s  %8s  %10s  %18s  %18s  %8s"
            .formatted(
                LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                Figures.count(eventRate),
                Figures.count(searchRate),
                quantiles(traffic.gets()),
                quantiles(traffic.searches()),
                Figures.count(rows)));
  }

  private static String quantiles(Latencies latencies) {
    return String.format(
        Locale.ROOT,
        "%.2f / %.2f ms",
        latencies.quantile(0.5).toNanos() / 1e6,
        latencies.quantile(0.99).toNanos() / 1e6);
  }

  /// Recall against exact search, and whether what was acknowledged is what is stored.
  private void measure(Traffic traffic, Shop shop, Catalogue catalogue) {
    long found = 0;
    for (Shopper shopper : catalogue.shoppers().subList(0, RECALL_SAMPLE)) {
      float[] taste = shop.taste(shopper.id());
      Set<String> exact = new HashSet<>(shop.nearest(taste, K, Effort.EXACT));
      found += shop.nearest(taste, K, Effort.USUAL).stream().filter(exact::contains).count();
    }
    double recall = (double) found / (RECALL_SAMPLE * K);
    out.println();
    out.println("  " + out.bold("Summary"));
    field("rows", Figures.count(shop.rowCount(Shop.ITEMS) + shop.rowCount(Shop.SHOPPERS)));
    field(
        "recall",
        String.format(
            Locale.ROOT, "%.3f at %d, of %d searches against exact", recall, K, RECALL_SAMPLE));
    checks.that(recall >= RECALL_LEAST, "recall is at least " + RECALL_LEAST);

    Map<String, float[]> acknowledged = traffic.acknowledged();
    List<String> ids = List.copyOf(acknowledged.keySet());
    List<float[]> stored = shop.tastes(ids);
    long same = 0;
    for (int i = 0; i < ids.size(); i++) {
      same += Arrays.equals(stored.get(i), acknowledged.get(ids.get(i))) ? 1 : 0;
    }
    checks.that(same == ids.size(), "every acknowledged taste is what is stored");
    checks.that(traffic.failures() == 0, "no call failed");
    checks.that(traffic.events() > 0 && traffic.searches().count() > 0, "there was traffic");
  }

  private void summarise(Traffic traffic) {
    field("events", Figures.count(traffic.events()) + " acknowledged");
    field("gets", counted(traffic.gets()));
    field("searches", counted(traffic.searches()));
    List<String> failures = checks.failures();
    String passed = "%d of %d held".formatted(checks.count() - failures.size(), checks.count());
    field("checks", out.styled(failures.isEmpty() ? Style.GREEN : Style.RED, passed));
    for (String failure : failures) {
      out.println("            " + out.styled(Style.RED, "not: ") + failure);
    }
  }

  private static String counted(Latencies latencies) {
    return "%s, p50 / p99 %s".formatted(Figures.count(latencies.count()), quantiles(latencies));
  }
}
