package io.kindred.app.demo;

import io.kindred.app.demo.Shop.Act;
import io.kindred.app.demo.Shop.Effort;
import io.kindred.engine.KindredException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shoppers at work: they act on items and their tastes move, and they search. One thread does
/// each, ten times a second. Thread-safe.
final class Traffic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
  private static final int TICK_MILLIS = 100;
  private static final int ACTS_PER_TICK = 15;
  private static final int SEARCHES_PER_TICK = 8;
  private static final int K = 10;

  private final Shop shop;
  private final Catalogue catalogue;
  private final long seed;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final LongAdder events = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Latencies gets = new Latencies();
  private final Latencies searches = new Latencies();
  private final List<Thread> threads = new ArrayList<>();

  /// The tastes that were acknowledged last. Owned by the acting thread, and read once it has
  /// ended.
  private final Map<String, float[]> acknowledged = new HashMap<>();

  Traffic(Shop shop, Catalogue catalogue, long seed) {
    this.shop = shop;
    this.catalogue = catalogue;
    this.seed = seed;
  }

  /// What somebody does with an item, and how much it tells of their taste.
  private enum Kind {
    VIEWED(0.04),
    LIKED(0.10),
    BOUGHT(0.20);

    private final double weight;

    Kind(double weight) {
      this.weight = weight;
    }

    static Kind any(SplittableRandom random) {
      int roll = random.nextInt(10);
      return roll < 7 ? VIEWED : roll < 9 ? LIKED : BOUGHT;
    }

    String of(Item item) {
      return name().toLowerCase(java.util.Locale.ROOT) + " " + item.title();
    }
  }

  void start() {
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom acting = random.split();
    SplittableRandom searching = random.split();
    threads.add(Thread.ofVirtual().name("demo-acts").start(() -> repeat(() -> act(acting))));
    threads.add(
        Thread.ofVirtual().name("demo-searches").start(() -> repeat(() -> search(searching))));
  }

  private void repeat(Runnable tick) {
    try {
      long due = System.nanoTime();
      do {
        try {
          tick.run();
        } catch (KindredException e) {
          failures.increment();
          LOG.warn("a call of the demo failed and is left out", e);
        }
        due = Math.max(due + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), System.nanoTime());
      } while (!stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void act(SplittableRandom random) {
    Set<Shopper> actors = new HashSet<>();
    while (actors.size() < ACTS_PER_TICK) {
      actors.add(catalogue.shoppers().get(random.nextInt(catalogue.shoppers().size())));
    }
    List<Shopper> shoppers = List.copyOf(actors);
    List<float[]> tastes = shop.tastes(shoppers.stream().map(Shopper::id).toList());
    List<Act> acts = new ArrayList<>();
    for (int i = 0; i < shoppers.size(); i++) {
      Shopper shopper = shoppers.get(i);
      Item item =
          catalogue.drawn(shopper.likes().get(random.nextInt(shopper.likes().size())), random);
      Kind kind = Kind.any(random);
      acts.add(
          new Act(
              shopper.id(), kind.of(item), Taste.moved(tastes.get(i), item.vector(), kind.weight)));
    }
    events.add(shop.act(acts));
    acts.forEach(act -> acknowledged.put(act.shopper(), act.taste()));
  }

  private void search(SplittableRandom random) {
    for (int i = 0; i < SEARCHES_PER_TICK; i++) {
      Shopper shopper = catalogue.shoppers().get(random.nextInt(catalogue.shoppers().size()));
      long started = System.nanoTime();
      float[] taste = shop.taste(shopper.id());
      long got = System.nanoTime();
      shop.nearest(taste, K, Effort.USUAL);
      searches.add(System.nanoTime() - got);
      gets.add(got - started);
    }
  }

  long events() {
    return events.sum();
  }

  long failures() {
    return failures.sum();
  }

  Latencies gets() {
    return gets;
  }

  Latencies searches() {
    return searches;
  }

  /// The taste of each shopper who acted, as it was acknowledged last. Only once this is closed.
  Map<String, float[]> acknowledged() {
    return acknowledged;
  }

  /// Ends the traffic after the calls that are under way.
  @Override
  public void close() {
    stop.countDown();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
