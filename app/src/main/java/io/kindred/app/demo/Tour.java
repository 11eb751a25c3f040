package io.kindred.app.demo;

import io.kindred.app.demo.ShopRest.Answer;
import io.kindred.app.demo.ShopRest.Match;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// A few searches with their explanation, each checked. Owned by one thread.
final class Tour {
  private static final int K = 5;
  private static final int COLUMN = 46;
  private static final int PURCHASES_MAX = 8;
  private static final double PRICE_LOW = 10;
  private static final double PRICE_HIGH = 60;

  private final Shop shop;
  private final ShopRest rest;
  private final Feed feed;
  private final Catalogue catalogue;
  private final Terminal out;
  private final Checks checks;

  Tour(Connections connections, Catalogue catalogue, Terminal out, Checks checks) {
    this.shop = connections.shop();
    this.rest = connections.rest();
    this.feed = connections.feed();
    this.catalogue = catalogue;
    this.out = out;
    this.checks = checks;
  }

  /// The ways into the server: for rows, for anybody, for events.
  record Connections(Shop shop, ShopRest rest, Feed feed) {}

  void run() throws IOException, InterruptedException {
    likeAnItem();
    forAShopper();
    asTastesMove();
    newOnTheShelf();
  }

  private void likeAnItem() throws IOException, InterruptedException {
    Item item = catalogue.drawn("Headphones", new SplittableRandom(3));
    heading(1, "What is like “" + item.title() + "”?");
    String body = "{\"id\":\"%s\",\"k\":%d,\"include\":[\"fields\"]}".formatted(item.id(), K);
    out.println(out.dim("     POST " + ShopRest.SEARCH));
    out.println(out.dim("     " + body));
    Answer answer = shown(rest.search(body));
    explain(answer, "nearest first; the item itself is left out");
    checks.that(
        answer.matches().stream().noneMatch(match -> match.id().equals(item.id())),
        "a search by id leaves that item out");
    checks.that(
        answer.matches().stream().allMatch(match -> match.category().equals(item.category())),
        "the neighbours of an item are of its category");
  }

  private void forAShopper() throws IOException, InterruptedException {
    Shopper shopper =
        catalogue.shoppers().stream()
            .filter(it -> it.likes().size() == 2)
            .findFirst()
            .orElse(catalogue.shoppers().getFirst());
    String city = shopper.city();
    heading(
        2,
        "For %s, who likes %s: in %s, for %.0f to %.0f euros"
            .formatted(shopper.name(), likes(shopper), city, PRICE_LOW, PRICE_HIGH));
    String filter =
        "{\"city\":\"%s\",\"price\":{\"$gte\":%.0f,\"$lte\":%.0f}}"
            .formatted(city, PRICE_LOW, PRICE_HIGH);
    out.println(out.dim("     GET " + ShopRest.recommendation(shopper.id(), K, filter)));
    String encoded = URLEncoder.encode(filter, StandardCharsets.UTF_8);
    Answer answer = shown(rest.recommend(ShopRest.recommendation(shopper.id(), K, encoded)));
    long matching =
        catalogue.items().stream()
            .filter(it -> it.city().equals(city))
            .filter(it -> it.price() >= PRICE_LOW && it.price() <= PRICE_HIGH)
            .count();
    explain(
        answer,
        "the filter lets " + Figures.count(matching, "item") + " pass; what was seen is left out");
    checks.that(
        answer.matches().size() == K
            && answer.matches().stream()
                .allMatch(
                    match ->
                        match.city().equals(city)
                            && match.price() >= PRICE_LOW
                            && match.price() <= PRICE_HIGH),
        "every match passes the filter, and the search is not short");
  }

  private void asTastesMove() throws IOException, InterruptedException {
    Shopper shopper = catalogue.shoppers().get(17);
    Answer before = recommended(shopper);
    // An earlier run on the same data may have moved this taste already.
    String genre = countOf("Tents", before) == 0 ? "Tents" : "Coffee";
    heading(
        3, "%s, who likes %s, now buys from “%s”".formatted(shopper.name(), likes(shopper), genre));
    SplittableRandom random = new SplittableRandom(17);
    Answer after = before;
    for (int i = 0; i < PURCHASES_MAX && countOf(genre, after) <= K / 2; i++) {
      Item item = catalogue.drawn(genre, random);
      feed.send(List.of(Act.now(shopper, Act.Kind.BOUGHT, item)));
      out.println("     bought " + item.title());
      after = recommended(shopper);
    }
    compare(before, after);
    checks.that(
        countOf(genre, after) > K / 2, "after some purchases most suggestions are of that genre");
  }

  private Answer recommended(Shopper shopper) throws IOException, InterruptedException {
    return rest.recommend(ShopRest.recommendation(shopper.id(), K, ""));
  }

  private void compare(Answer before, Answer after) {
    out.println();
    out.println("     " + out.bold(cell("recommended before")) + "  " + out.bold("after"));
    for (int i = 0; i < Math.min(before.matches().size(), after.matches().size()); i++) {
      out.println(
          "     "
              + cell(before.matches().get(i).title())
              + "  "
              + out.styled(Style.GREEN, after.matches().get(i).title()));
    }
    out.println(
        out.dim(
            "     each event goes through the pipeline “shop”: looked up, merged into the taste,"
                + " on disk"));
    out.println(out.dim("     and searchable when it is answered; what was bought is seen"));
    out.println();
  }

  /// How many matches are of a genre.
  private long countOf(String genre, Answer answer) {
    List<Item> items = catalogue.byGenre().getOrDefault(genre, List.of());
    return answer.matches().stream()
        .filter(match -> items.stream().anyMatch(item -> item.id().equals(match.id())))
        .count();
  }

  private void newOnTheShelf() throws IOException, InterruptedException {
    Item near = catalogue.drawn("Coffee", new SplittableRandom(5));
    Item fresh =
        new Item(
            "item-new",
            "Kindred Anniversary " + near.genre().products().getFirst() + ", numbered",
            near.category(),
            near.genre(),
            "Kindred",
            "Lisbon",
            199.90,
            1,
            near.vector());
    heading(4, "A new item, found at once");
    long started = System.nanoTime();
    shop.put(fresh);
    Duration put = Duration.ofNanos(System.nanoTime() - started);
    Answer found = quietly(fresh.vector());
    boolean isFound = found.ids().contains(fresh.id());
    shop.delete(fresh);
    boolean isGone = !quietly(fresh.vector()).ids().contains(fresh.id());
    out.println(
        "     put “%s”: on disk and acknowledged after %s"
            .formatted(fresh.title(), Figures.duration(put)));
    out.println(
        "     the very next search %s it; deleted, the one after that %s"
            .formatted(isFound ? "finds" : "misses", isGone ? "does not" : "still does"));
    out.println();
    checks.that(isFound, "an item is found by the first search after its put");
    checks.that(isGone, "an item is gone from the first search after its delete");
  }

  private Answer quietly(float[] vector) throws IOException, InterruptedException {
    return rest.search(
        "{\"vector\":%s,\"k\":%d,\"include\":[\"fields\"]}".formatted(ShopRest.json(vector), K));
  }

  /// Prints the matches.
  private Answer shown(Answer answer) {
    for (Match match : answer.matches()) {
      out.println(line(match));
    }
    return answer;
  }

  private String line(Match match) {
    return "     %s  %s  %s  %s"
        .formatted(
            out.styled(Style.GREEN, String.format(Locale.ROOT, "%.2f", match.score())),
            cell(match.title()),
            String.format(Locale.ROOT, "%8.2f €", match.price()),
            out.dim(match.city()));
  }

  private void explain(Answer answer, String note) {
    out.println(
        out.dim(
            "     searched in %s, %s compared (%s); %s"
                .formatted(
                    Figures.duration(answer.took()),
                    Figures.count(answer.visited(), "vector"),
                    answer.path(),
                    note)));
    out.println();
  }

  private void heading(int number, String question) {
    out.println("  " + out.styled(Style.CYAN, number + "  ") + out.bold(question));
  }

  private static String likes(Shopper shopper) {
    List<String> likes = new ArrayList<>();
    shopper.likes().forEach(like -> likes.add(like.toLowerCase(Locale.ROOT)));
    return String.join(" and ", likes);
  }

  /// A text in a column.
  private static String cell(String text) {
    String cut = text.length() > COLUMN ? text.substring(0, COLUMN - 1) + "…" : text;
    return cut + " ".repeat(COLUMN - cut.length());
  }
}
