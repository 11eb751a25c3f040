package io.kindred.stream.run;

import io.kindred.stream.PipelineStatus;
import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Lane;
import io.kindred.stream.source.Partition;
import io.kindred.stream.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The lanes of a run, which share a bound on the bytes of events in flight. Thread-safe.
///
/// The first lane to fail stops the source.
final class Lanes implements Intake {
  private static final long BYTES_MAX = 64L << 20;
  private static final String SOURCE = "source";

  /// A partition without events for so long does not hold back the watermark.
  private static final Duration IDLE_AFTER = Duration.ofSeconds(60);

  private final BatchWork work;
  private final Circuits circuits;
  private final Runnable stop;
  private final Set<LaneWorker> lanes = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile Runnable onReachable = () -> {};

  /// @param stop stops the source
  Lanes(BatchWork work, Circuits circuits, Runnable stop) {
    this.work = work;
    this.circuits = circuits;
    this.stop = stop;
  }

  /// @param action is run whenever the source answers
  void onReachable(Runnable action) {
    onReachable = action;
  }

  @Override
  public Lane open(Partition partition, String identity, Progress start) {
    String origin = work.context().origin(identity);
    LaneWorker lane = new LaneWorker(partition, origin, work, start, this, this::fail);
    lanes.add(lane);
    lane.start();
    return lane;
  }

  private void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    stop.run();
  }

  /// What made a lane end, if one did.
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /// Whether the source is to be left alone, since what the pipeline depends on is down.
  boolean isClosed() {
    return circuits.isOneOpen() || failure.get() != null;
  }

  /// Whether all lanes together have taken as much as they may.
  boolean isFull() {
    return lanes.stream().mapToLong(LaneWorker::bytes).sum() >= BYTES_MAX;
  }

  void close(LaneWorker lane) {
    lanes.remove(lane);
  }

  @Override
  public void unreachable(String reason) {
    Health health = work.context().health();
    Instant now = work.context().options().clock().instant();
    Trouble before = health.find(SOURCE).orElse(new Trouble(reason, now, 0, now, false));
    health.trouble(SOURCE, new Trouble(reason, before.since(), before.attempt() + 1, now, false));
  }

  @Override
  public void reachable() {
    work.context().health().well(SOURCE);
    onReachable.run();
  }

  /// Up to which event time all partitions have come that have events.
  Optional<Instant> watermark() {
    return lanes.stream()
        .flatMap(lane -> lane.latest(IDLE_AFTER).stream())
        .min(Comparator.naturalOrder());
  }

  List<PipelineStatus.Partition> statuses() {
    return lanes.stream()
        .map(LaneWorker::status)
        .sorted(
            Comparator.comparing(PipelineStatus.Partition::topic)
                .thenComparingInt(PipelineStatus.Partition::number))
        .toList();
  }
}
