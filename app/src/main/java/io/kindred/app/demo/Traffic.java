package io.kindred.app.demo;

import io.kindred.engine.KindredException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shoppers at work: they act on items, which moves their tastes, and are recommended others. One
/// thread does each, ten times a second. Thread-safe.
final class Traffic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
  private static final int TICK_MILLIS = 100;

  /// On average: from one to nearly twice as many.
  private static final int ACTS_PER_TICK = 15;

  private static final int RECOMMENDATIONS_PER_TICK = 8;
  private static final int K = 10;

  private final ShopRest rest;
  private final Catalogue catalogue;
  private final Ledger ledger;
  private final Feed feed;
  private final long seed;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final LongAdder events = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder repeats = new LongAdder();
  private final Latencies searchable = new Latencies();
  private final Latencies recommendations = new Latencies();
  private final List<Thread> threads = new ArrayList<>();

  /// Acts that were refused, to be sent again. Owned by the acting thread.
  private List<Act> refused = List.of();

  /// @param ledger of all that was sent before
  Traffic(ShopRest rest, Catalogue catalogue, Ledger ledger, long seed) {
    this.rest = rest;
    this.catalogue = catalogue;
    this.ledger = ledger;
    this.feed = new Feed(rest, ledger);
    this.seed = seed;
  }

  /// What is done ten times a second.
  @FunctionalInterface
  private interface Tick {
    void run() throws IOException, InterruptedException;
  }

  void start() {
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom acting = random.split();
    SplittableRandom looking = random.split();
    threads.add(Thread.ofVirtual().name("demo-acts").start(() -> repeat(() -> act(acting))));
    threads.add(
        Thread.ofVirtual().name("demo-looks").start(() -> repeat(() -> recommend(looking))));
  }

  private void repeat(Tick tick) {
    boolean isFailing = false;
    try {
      long due = System.nanoTime();
      do {
        try {
          tick.run();
          isFailing = false;
        } catch (KindredException | IOException e) {
          failures.increment();
          if (!isFailing) {
            LOG.warn("a call of the demo failed, and is tried again", e);
          }
          isFailing = true;
        }
        due = Math.max(due + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), System.nanoTime());
      } while (!stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void act(SplittableRandom random) throws IOException, InterruptedException {
    List<Act> acts = refused.isEmpty() ? acts(random) : refused;
    refused = acts;
    long started = System.nanoTime();
    int taken = feed.send(acts);
    long took = System.nanoTime() - started;
    refused = List.of();
    for (int i = 0; i < taken; i++) {
      searchable.add(took);
    }
    events.add(taken);
  }

  private List<Act> acts(SplittableRandom random) {
    Set<Shopper> actors = new HashSet<>();
    int count = random.nextInt(1, 2 * ACTS_PER_TICK);
    while (actors.size() < count) {
      actors.add(any(random));
    }
    List<Act> acts = new ArrayList<>();
    for (Shopper shopper : actors) {
      String genre = shopper.likes().get(random.nextInt(shopper.likes().size()));
      Act.Kind kind = Act.Kind.any(random);
      acts.add(Act.now(shopper, kind, catalogue.drawn(genre, random)));
    }
    return acts;
  }

  private void recommend(SplittableRandom random) throws IOException, InterruptedException {
    int count = random.nextInt(1, 2 * RECOMMENDATIONS_PER_TICK);
    for (int i = 0; i < count; i++) {
      String shopper = any(random).id();
      Set<String> seen = ledger.seen(shopper);
      long started = System.nanoTime();
      List<String> items = rest.recommend(ShopRest.recommendation(shopper, K, "")).ids();
      recommendations.add(System.nanoTime() - started);
      repeats.add(items.stream().filter(seen::contains).count());
    }
  }

  private Shopper any(SplittableRandom random) {
    return catalogue.shoppers().get(random.nextInt(catalogue.shoppers().size()));
  }

  /// Events that are durable and searchable.
  long events() {
    return events.sum();
  }

  long failures() {
    return failures.sum();
  }

  /// Recommended items that their shopper had seen before.
  long repeats() {
    return repeats.sum();
  }

  /// From when an event was sent until it was searchable.
  Latencies searchable() {
    return searchable;
  }

  Latencies recommendations() {
    return recommendations;
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
