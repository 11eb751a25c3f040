package io.kindred.server.telemetry;

import io.kindred.engine.Store;
import io.kindred.server.pipelines.EventPipelines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes one sample of the process a second and hands it, as JSON, to whoever listens: one sampler
/// for all of them. Thread-safe; samples are taken on its own thread.
public final class LiveStatistics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveStatistics.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final StatisticsSampler sampler;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kindred-statistics").daemon(true).factory());
  private volatile String latest;

  public LiveStatistics(Store store, EventPipelines pipelines, Telemetry telemetry) {
    this.sampler = new StatisticsSampler(store, pipelines, telemetry);
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

  /// From now on the listener is given each sample. It must not block.
  public void subscribe(Consumer<String> listener) {
    listeners.add(listener);
  }

  public void unsubscribe(Consumer<String> listener) {
    listeners.remove(listener);
  }

  /// A tick that threw would be the last one.
  private void tick() {
    try {
      String sample = sampler.sample();
      latest = sample;
      for (Consumer<String> listener : listeners) {
        listener.accept(sample);
      }
    } catch (RuntimeException e) {
      LOG.warn("no live statistics this second; they are tried again", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
