package io.kindred.app.demo;

import io.kindred.app.demo.Assortment.Category;
import io.kindred.app.demo.Assortment.Genre;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The demo's items and shoppers, the same for the same seed. Immutable.
///
/// An item's vector is the sum of directions for its category, genre, product, maker and trait, and
/// a little noise: items that share these are near, those that share more are nearer.
record Catalogue(List<Item> items, List<Shopper> shoppers, Map<String, List<Item>> byGenre) {
  private static final double CATEGORY_WEIGHT = 0.8;
  private static final double GENRE_WEIGHT = 1.0;
  private static final double PRODUCT_WEIGHT = 0.7;
  private static final double MAKER_WEIGHT = 0.45;
  private static final double TRAIT_WEIGHT = 0.35;
  private static final double NOISE_WEIGHT = 0.25;
  private static final int ITEMS_OF_A_LIKE = 2;

  static Catalogue of(long seed, int itemCount, int shopperCount) {
    return new Maker(seed).make(itemCount, shopperCount);
  }

  /// An item of a genre, popular ones more often.
  Item drawn(String genre, RandomGenerator random) {
    List<Item> items = byGenre.getOrDefault(genre, items());
    Item first = items.get(random.nextInt(items.size()));
    Item second = items.get(random.nextInt(items.size()));
    return first.popularity() >= second.popularity() ? first : second;
  }

  /// Makes one catalogue. Owned by one thread.
  private static final class Maker {
    private final long seed;
    private final SplittableRandom random;
    private final Map<String, float[]> directions = new HashMap<>();
    private final Set<String> titles = new HashSet<>();

    Maker(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
    }

    Catalogue make(int itemCount, int shopperCount) {
      List<Item> items = new ArrayList<>(itemCount);
      Map<String, List<Item>> byGenre = new HashMap<>();
      while (items.size() < itemCount) {
        Category category = any(Assortment.CATEGORIES);
        Genre genre = any(category.genres());
        Item item = item(items.size(), category, genre);
        if (titles.add(item.title())) {
          items.add(item);
          byGenre.computeIfAbsent(genre.name(), _ -> new ArrayList<>()).add(item);
        }
      }
      List<Shopper> shoppers = new ArrayList<>(shopperCount);
      for (int i = 0; i < shopperCount; i++) {
        shoppers.add(shopper(i, byGenre));
      }
      return new Catalogue(List.copyOf(items), List.copyOf(shoppers), Map.copyOf(byGenre));
    }

    private Item item(int number, Category category, Genre genre) {
      String maker = any(category.makers());
      String trait = any(genre.traits());
      String product = any(genre.products());
      String variant = any(genre.variants());
      String title =
          category.name().equals("Books")
              ? trait + " " + product + ", " + maker + " (" + variant + ")"
              : maker + " " + trait + " " + product + ", " + variant;
      float[] vector = new float[Taste.DIMENSION];
      Taste.add(vector, direction(category.name()), CATEGORY_WEIGHT);
      Taste.add(vector, direction(genre.name()), GENRE_WEIGHT);
      Taste.add(vector, direction(genre.name() + product), PRODUCT_WEIGHT);
      Taste.add(vector, direction(maker), MAKER_WEIGHT);
      Taste.add(vector, direction(genre.name() + trait), TRAIT_WEIGHT);
      Taste.add(vector, Taste.direction(random), NOISE_WEIGHT);
      return new Item(
          "item-%05d".formatted(number),
          title,
          category.name(),
          genre,
          maker,
          any(Assortment.CITIES),
          price(genre, product),
          Math.max(1, Math.round(10_000 * Math.pow(random.nextDouble(), 4))),
          Taste.normalise(vector));
    }

    /// About what such a product costs, with the usual ending.
    private double price(Genre genre, String product) {
      List<String> products = genre.products();
      double rank = products.indexOf(product) / (products.size() - 1.0);
      double usual = genre.priceHigh() * Math.pow(genre.priceLow() / genre.priceHigh(), rank);
      return Math.floor(usual * (0.7 + 0.6 * random.nextDouble())) + 0.90;
    }

    private Shopper shopper(int number, Map<String, List<Item>> byGenre) {
      List<String> likes = new ArrayList<>();
      int count = 1 + random.nextInt(3);
      List<Item> liked = new ArrayList<>();
      while (likes.size() < count) {
        String genre = any(any(Assortment.CATEGORIES).genres()).name();
        if (!likes.contains(genre)) {
          likes.add(genre);
          for (int i = 0; i < ITEMS_OF_A_LIKE; i++) {
            liked.add(any(byGenre.getOrDefault(genre, List.of())));
          }
        }
      }
      return new Shopper(
          "user-%04d".formatted(number),
          any(Assortment.FIRST_NAMES),
          any(Assortment.CITIES),
          List.copyOf(likes),
          List.copyOf(liked));
    }

    private float[] direction(String name) {
      return directions.computeIfAbsent(
          name, _ -> Taste.direction(new SplittableRandom(seed * 31 + name.hashCode())));
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }
  }
}
