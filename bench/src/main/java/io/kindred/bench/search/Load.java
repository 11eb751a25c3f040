package io.kindred.bench.search;

import io.kindred.engine.SearchResult;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;

/// Threads that search one table as fast as they can, for a while. Immutable.
///
/// @param threads at once
record Load(SearchCall call, float[][] queries, int threads) {

  /// Hears of every search, on the thread that made it. Thread-safe.
  interface Observer {
    Observer NONE =
        new Observer() {
          @Override
          public long before() {
            return 0;
          }

          @Override
          public void after(long token, int query, SearchResult result, long[] keys) {}
        };

    /// @return what the same search's [#after] is to be told
    long before();

    /// @param keys of the result's matches
    void after(long token, int query, SearchResult result, long[] keys);
  }

  /// What a while of searching came to. Immutable.
  ///
  /// @param searches in all
  /// @param coresLeft cores that the searches could have had: what others of this process used is
  ///   taken off
  record Outcome(long searches, double seconds, double coresLeft) {
    double perSecond() {
      return searches / seconds;
    }

    double perSecondAndCore() {
      return perSecond() / coresLeft;
    }
  }

  /// Searches until the time is over.
  Outcome run(double seconds, Observer observer) {
    long started = System.nanoTime();
    long end = started + (long) (seconds * 1e9);
    long cpuBefore = processCpuNanos();
    List<CompletableFuture<Share>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(
          CompletableFuture.supplyAsync(
              () -> share(end, observer), task -> Thread.ofPlatform().start(task)));
    }
    long searches = 0;
    long searchCpuNanos = 0;
    for (CompletableFuture<Share> thread : running) {
      Share share = join(thread);
      searches += share.searches();
      searchCpuNanos += share.cpuNanos();
    }
    double elapsed = (System.nanoTime() - started) / 1e9;
    double others = (processCpuNanos() - cpuBefore - searchCpuNanos) / 1e9 / elapsed;
    double cores = Runtime.getRuntime().availableProcessors() - others;
    return new Outcome(searches, elapsed, Math.min(threads, cores));
  }

  private record Share(long searches, long cpuNanos) {}

  private Share share(long end, Observer observer) {
    long searches = 0;
    long[] keys = new long[call.k()];
    int query = ThreadLocalRandom.current().nextInt(queries.length);
    while (System.nanoTime() < end) {
      long token = observer.before();
      SearchResult result = call.search(queries[query], null, keys);
      observer.after(token, query, result, keys);
      searches++;
      query = (query + 1) % queries.length;
    }
    return new Share(searches, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  private static <T> T join(CompletableFuture<T> thread) {
    try {
      return thread.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("a search failed", e.getCause());
    }
  }

  private static long processCpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }
}
