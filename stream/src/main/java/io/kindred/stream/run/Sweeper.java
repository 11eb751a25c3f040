package io.kindred.stream.run;

import io.kindred.engine.CountWindow;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.RowMerge;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings counts up to date whose windows have moved on without an event: the rows are scanned for
/// counts that are due by the watermark, and a count of 0 moves each on. Scans for at most a
/// fiftieth of the time. Runs on a thread of its own.
///
/// The watermark is the latest event time, without allowance for late events: a late one still
/// counts in the windows that it belongs to.
final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration WORK_MAX = Duration.ofMillis(20);

  /// From the beginning of one scan of the table to that of the next.
  private static final Duration ROUND_MIN = Duration.ofSeconds(5);

  private static final int PAGE_ROWS = 1000;
  private static final String DUE = ".due";

  private final Table table;
  private final Map<String, List<CountWindow>> counters;
  private final Meter meter;
  private final Supplier<Optional<Instant>> watermark;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Key after;
  private long roundNanos = System.nanoTime() - ROUND_MIN.toNanos();
  private Instant sweptTo = Instant.MIN;

  Sweeper(Plan plan, Meter meter, Supplier<Optional<Instant>> watermark) {
    this.table = plan.table();
    this.counters = plan.sink().counters();
    this.meter = meter;
    this.watermark = watermark;
    this.thread =
        Thread.ofVirtual()
            .name("kindred-sweeper-" + plan.definition().name())
            .unstarted(this::work);
  }

  void start() {
    if (!counters.isEmpty()) {
      thread.start();
    }
  }

  private void work() {
    try {
      while (!stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        Optional<Instant> now = watermark.get();
        if (now.isPresent()) {
          sweep(now.get());
        }
      }
    } catch (InterruptedException e) {
      // Closed: the next run begins the round again.
    }
  }

  private void sweep(Instant now) {
    boolean isRoundBegun = after != null;
    if (!isRoundBegun
        && (System.nanoTime() - roundNanos < ROUND_MIN.toNanos() || !now.isAfter(sweptTo))) {
      return;
    }
    long startNanos = System.nanoTime();
    if (!isRoundBegun) {
      roundNanos = startNanos;
      sweptTo = now;
    }
    try {
      do {
        ScanPage page = table.scan(after, PAGE_ROWS, due(now), Projection.FIELDS);
        advance(page.rows(), now);
        after = page.next();
      } while (after != null && System.nanoTime() - startNanos < WORK_MAX.toNanos());
    } catch (KindredException | CompletionException e) {
      LOG.info(
          "counts not brought up to date, tried again table={} reason={}",
          table.spec().name(),
          e.getMessage());
    }
  }

  private Filter due(Instant now) {
    Value micros = Value.of(micros(now));
    List<Filter> one = new ArrayList<>();
    counters.keySet().forEach(state -> one.add(new Filter.Lte(state + DUE, micros)));
    return new Filter.Or(one);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private void advance(List<StoredRow> rows, Instant now) {
    if (rows.isEmpty()) {
      return;
    }
    List<RowMerge> merges = new ArrayList<>();
    for (StoredRow row : rows) {
      List<MergeOperation> operations = new ArrayList<>();
      counters.forEach(
          (state, windows) -> {
            if (row.metadata().containsKey(state)) {
              operations.add(new MergeOperation.Count(state, 0, windows));
            }
          });
      merges.add(new RowMerge(row.key(), now, operations, null));
    }
    WriteResult result = table.write(new Mutation.Merge(merges, null)).join();
    meter.advanced.add(result.applied());
  }

  @Override
  public void close() {
    stopped.countDown();
    if (!counters.isEmpty()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        thread.interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }
}
