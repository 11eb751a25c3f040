package io.kindred.engine.store;

import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchRequest.Target;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoredRow;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.SearchContexts;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardReads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures the recall of live searches: takes one now and then, asks again exactly, and compares.
/// Only searches that walked an index are taken; all others are exact.
///
/// Thread-safe. It measures on a thread of its own, which rests a hundred times as long as it
/// works; what comes faster than that is not taken.
final class RecallMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecallMonitor.class);
  private static final int WAITING_MAX = 16;

  /// How long the thread rests for each time that it worked.
  private static final int REST_FACTOR = 99;

  /// Rows come and go meanwhile, so that an old sample says little.
  private static final long AGE_NANOS_MAX = Duration.ofSeconds(10).toNanos();

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /// Rounding may differ where a score was computed twice.
  private static final double TOLERANCE = 1e-5;

  private static final Set<String> WALKS =
      Set.of(
          SearchExplanation.name(IndexSearch.Path.GRAPH),
          SearchExplanation.name(IndexSearch.Path.PARTITION_GRAPH),
          SearchExplanation.name(IndexSearch.Path.FILTERED_GRAPH),
          SearchExplanation.name(IndexSearch.Path.LISTS));

  private final Duration interval;
  private final SearchContexts contexts;
  private final StoreListener listener;
  private final ArrayBlockingQueue<Sample> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// A search to measure.
  ///
  /// @param position applied before it began
  /// @param takenNanos when it was taken
  private record Sample(
      OpenTable table,
      SearchRequest request,
      SearchResult result,
      long position,
      long nowMillis,
      long takenNanos) {}

  /// Starts to measure.
  ///
  /// @param interval between two samples of a table; zero to take none
  RecallMonitor(Duration interval, SearchContexts contexts, StoreListener listener) {
    this.interval = interval;
    this.contexts = contexts;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("kindred-recall").daemon().unstarted(this::run);
    if (!interval.isZero()) {
      thread.start();
    }
  }

  /// Takes a search that was answered, if one is due. Never waits.
  ///
  /// @param position applied before the search began
  /// @param nowMillis by which rows had expired for it
  void offer(
      OpenTable table, SearchRequest request, SearchResult result, long position, long nowMillis) {
    if (!interval.isZero()
        && WALKS.contains(result.stats().path())
        && table.recalls().isDue(interval)) {
      // Where the queue is full, this one is not measured.
      boolean isTaken =
          waiting.offer(new Sample(table, request, result, position, nowMillis, System.nanoTime()));
      LOG.debug("recall sample taken={} table={}", isTaken, table.name());
    }
  }

  private void run() {
    try {
      boolean isClosing = false;
      while (!isClosing) {
        Sample sample = waiting.take();
        long started = System.nanoTime();
        if (started - sample.takenNanos() < AGE_NANOS_MAX) {
          measure(sample);
        }
        long worked = System.nanoTime() - started;
        isClosing = closing.await(worked * REST_FACTOR, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      LOG.debug("recall monitor ends");
    }
  }

  private void measure(Sample sample) {
    SearchRequest request = sample.request();
    try {
      if (isTargetChanged(sample)) {
        return;
      }
      SearchRequest exactly =
          new SearchRequest(
              request.field(),
              request.target(),
              request.k(),
              request.filter(),
              request.partition(),
              request.exclude(),
              request.minScore(),
              new Effort.Exact(),
              request.version(),
              Projection.KEY,
              request.bloom(),
              false);
      SearchResult exact =
          new TableSearch(sample.table(), contexts, sample.nowMillis()).search(exactly);
      int field = sample.table().schema().vectorIndexOrOnly(request.field());
      boolean isSimilarity = sample.table().schema().vectorSpec(field).metric().isSimilarity();
      double recall = recall(sample, exact, isSimilarity);
      if (recall >= 0) {
        String name = sample.table().schema().vectorName(field);
        sample.table().recalls().add(name, recall);
        listener.recallMeasured(sample.table().name(), name, recall);
      }
    } catch (KindredException e) {
      // The table was dropped, or the row that was searched near deleted.
      LOG.debug("recall not measured table={}: {}", sample.table().name(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("recall not measured table={}", sample.table().name(), e);
    }
  }

  /// Whether the row that was searched near has been written since.
  private static boolean isTargetChanged(Sample sample) {
    if (!(sample.request().target() instanceof Target.StoredKey(Key key))) {
      return false;
    }
    List<Shard> shards = sample.table().shards();
    Shard shard = shards.get(KeyHash.shard(KeyHash.slotKey(key), shards.size()));
    StoredRow row = new ShardReads(shard).get(key, Projection.KEY, sample.nowMillis());
    return row == null || row.version() > sample.position();
  }

  /// The share of the exact matches that were found; negative where there are none. What was
  /// written since the search does not count, and neither does what only came in for rows that have
  /// gone since: that is farther than all that was found.
  private static double recall(Sample sample, SearchResult exact, boolean isSimilarity) {
    List<SearchResult.Match> found = sample.result().matches();
    boolean isFull = found.size() == sample.request().k();
    Set<Key> keys = HashSet.newHashSet(found.size());
    found.forEach(match -> keys.add(match.key()));
    int wanted = 0;
    int missed = 0;
    for (SearchResult.Match match : exact.matches()) {
      if (match.row().version() > sample.position()) {
        continue;
      }
      if (keys.contains(match.key())) {
        wanted++;
      } else if (!isFull || isNearer(match.score(), found.getLast().score(), isSimilarity)) {
        wanted++;
        missed++;
      }
    }
    return wanted == 0 ? -1 : 1 - (double) missed / wanted;
  }

  private static boolean isNearer(float score, float other, boolean isSimilarity) {
    double margin = TOLERANCE * (1 + Math.abs(other));
    return isSimilarity ? score > other + margin : score < other - margin;
  }

  /// Ends the measurement that is under way, and takes no more.
  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      if (!interval.isZero() && !thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("the recall monitor did not end within {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
