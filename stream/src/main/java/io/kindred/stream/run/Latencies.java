package io.kindred.stream.run;

import io.kindred.stream.PipelineStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// How long events took in the last minute, to about a hundredth. Thread-safe; [#sample] is called
/// once a second by one thread.
final class Latencies {
  private static final int SECONDS = 60;
  private static final int DIGITS = 2;
  private static final long MICROS_MAX = TimeUnit.DAYS.toMicros(1);

  private final Recorder recorder = new Recorder(1, MICROS_MAX, DIGITS);
  private final Deque<Histogram> seconds = new ArrayDeque<>();

  void record(Duration latency) {
    recorder.recordValue(
        Math.clamp(TimeUnit.NANOSECONDS.toMicros(latency.toNanos()), 1, MICROS_MAX));
  }

  synchronized void sample() {
    seconds.addLast(recorder.getIntervalHistogram());
    if (seconds.size() > SECONDS) {
      seconds.removeFirst();
    }
  }

  synchronized PipelineStatus.Latency latency() {
    Histogram all = new Histogram(1, MICROS_MAX, DIGITS);
    seconds.forEach(all::add);
    return new PipelineStatus.Latency(at(all, 50), at(all, 99), all.getTotalCount());
  }

  private static Duration at(Histogram histogram, double percentile) {
    return Duration.of(
        histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile),
        java.time.temporal.ChronoUnit.MICROS);
  }
}
