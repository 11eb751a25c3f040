package io.kindred.server.telemetry;

import io.kindred.engine.Store;
import io.kindred.server.pipelines.EventPipelines;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes one sample of the process a second, as JSON: one sampler for all who want to know.
/// Thread-safe; samples are taken on its own thread.
public final class LiveStatistics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveStatistics.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final StatisticsHistory history = new StatisticsHistory();
  private final StatisticsSampler sampler;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kindred-statistics").daemon(true).factory());
  private volatile String latest;

  public LiveStatistics(Store store, EventPipelines pipelines, Telemetry telemetry) {
    this.sampler = new StatisticsSampler(store, pipelines, telemetry, history);
    this.latest = sampler.sample();
  }

  /// Begins to sample.
  @SuppressWarnings("FutureReturnValueIgnored") // a tick reports its own failure
  public void start() {
    clock.scheduleAtFixedRate(
        this::tick, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// The last sample, a JSON object.
  public String latest() {
    return latest;
  }

  /// What the charts of the last quarter of an hour need of the samples after a moment: a JSON
  /// object of columns.
  public String history(long sinceMillis) {
    return history.json(sinceMillis);
  }

  /// A tick that threw would be the last one.
  private void tick() {
    try {
      latest = sampler.sample();
    } catch (RuntimeException e) {
      LOG.warn("no live statistics this second; they are tried again", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
