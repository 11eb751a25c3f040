package io.kindred.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.app.demo.Shop.Effort;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a run of the demo came to: figures and checks. Owned by one thread.
final class Summary {
  private static final int K = 10;
  private static final int RECALL_SAMPLE = 200;
  private static final double RECALL_LEAST = 0.95;

  /// A taste is stored in float32, and rounded with every act.
  private static final double DISTANCE_MAX = 1e-5;

  private final Shop shop;
  private final ShopRest rest;
  private final Catalogue catalogue;
  private final Terminal out;
  private final Checks checks;

  Summary(Tour.Connections connections, Catalogue catalogue, Terminal out, Checks checks) {
    this.shop = connections.shop();
    this.rest = connections.rest();
    this.catalogue = catalogue;
    this.out = out;
    this.checks = checks;
  }

  /// Compares what is stored with what was acknowledged, and searches with exact ones.
  ///
  /// @param isFresh whether nothing had happened before this run
  void measure(Traffic traffic, Ledger ledger, boolean isFresh) {
    out.println();
    out.println("  " + out.bold("Summary"));
    field("rows", Figures.count(shop.rowCount(Shop.ITEMS) + shop.rowCount(Shop.SHOPPERS)));
    double recall = recall();
    field(
        "recall",
        String.format(
            Locale.ROOT, "%.3f at %d, of %d searches against exact", recall, K, RECALL_SAMPLE));
    checks.that(recall >= RECALL_LEAST, "recall is at least " + RECALL_LEAST);

    List<String> shoppers = ledger.shoppers();
    List<float[]> stored = shop.tastes(shoppers);
    double distance = 0;
    for (int i = 0; i < shoppers.size(); i++) {
      distance = Math.max(distance, ledger.distance(shoppers.get(i), stored.get(i)));
    }
    field(
        "tastes",
        String.format(
            Locale.ROOT, "of %d shoppers, within %.0e of the acts'", shoppers.size(), distance));
    checks.that(distance <= DISTANCE_MAX, "every taste is what follows from the acknowledged acts");
    if (isFresh) {
      Map<String, Long> acts = shop.acts(shoppers);
      checks.that(
          shoppers.stream().allMatch(it -> acts.getOrDefault(it, 0L) == ledger.count(it)),
          "every shopper's acts are counted once");
    }
    checks.that(traffic.repeats() == 0, "nobody is recommended what they have seen");
    checks.that(traffic.failures() == 0, "no call failed");
    checks.that(traffic.events() > 0 && traffic.recommendations().count() > 0, "there was traffic");
  }

  private double recall() {
    long found = 0;
    for (Shopper shopper : catalogue.shoppers().subList(0, RECALL_SAMPLE)) {
      float[] taste = shop.taste(shopper.id());
      Set<String> exact = new HashSet<>(shop.nearest(taste, K, Effort.EXACT));
      found += shop.nearest(taste, K, Effort.USUAL).stream().filter(exact::contains).count();
    }
    return (double) found / (RECALL_SAMPLE * K);
  }

  void print(Traffic traffic) throws IOException, InterruptedException {
    field(
        "events",
        "%s, searchable after p50 / p99 %s"
            .formatted(Figures.count(traffic.events()), traffic.searchable().quantiles()));
    JsonNode pipeline = rest.pipeline();
    field(
        "pipeline",
        "%s, %s applied, %s put aside"
            .formatted(
                pipeline.path("state").asText(),
                Figures.count(pipeline.path("counts").path("applied").asLong()),
                Figures.count(pipeline.path("dead_lettered").asLong())));
    field(
        "recommends",
        "%s, p50 / p99 %s"
            .formatted(
                Figures.count(traffic.recommendations().count()),
                traffic.recommendations().quantiles()));
    List<String> failures = checks.failures();
    String passed = "%d of %d held".formatted(checks.count() - failures.size(), checks.count());
    field("checks", out.styled(failures.isEmpty() ? Style.GREEN : Style.RED, passed));
    for (String failure : failures) {
      out.println("              " + out.styled(Style.RED, "not: ") + failure);
    }
  }

  private void field(String name, String value) {
    Demo.field(out, name, value);
  }
}
