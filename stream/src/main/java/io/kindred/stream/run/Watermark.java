package io.kindred.stream.run;

import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The latest event time of a partition, by which late events are told. It follows from the events
/// alone, so that reading them again finds the same ones late. Thread-safe.
final class Watermark {
  private final Duration lateBy;
  private final Duration futureBy;
  private final InstantSource clock;
  private volatile long latestMicros;

  /// @param latestMicros of events before, or `Long.MIN_VALUE`
  Watermark(EventDefinition event, InstantSource clock, long latestMicros) {
    this.lateBy = event.lateBy();
    this.futureBy = event.futureBy();
    this.clock = clock;
    this.latestMicros = latestMicros;
  }

  /// Takes note of an event's time.
  ///
  /// @throws EventFaultException where it is too late, or ahead of the clock
  void take(Event event) throws EventFaultException {
    Instant time = event.time();
    requireNotAhead(time);
    synchronized (this) {
      Optional<Instant> latest = latest();
      if (latest.isPresent() && time.isBefore(latest.get().minus(lateBy))) {
        throw EventFaultException.of(
            Fault.LATE,
            "time",
            time,
            latest.get().minus(lateBy) + " or later: " + lateBy + " before the latest event");
      }
      latestMicros = Math.max(latestMicros, ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }
  }

  private void requireNotAhead(Instant time) throws EventFaultException {
    Instant now = clock.instant();
    if (time.isAfter(now.plus(futureBy))) {
      throw EventFaultException.of(
          Fault.FUTURE, "time", time, "at most " + futureBy + " after now, " + now);
    }
  }

  /// In microseconds since 1970, or `Long.MIN_VALUE`.
  long latestMicros() {
    return latestMicros;
  }

  Optional<Instant> latest() {
    long micros = latestMicros;
    return micros == Long.MIN_VALUE
        ? Optional.empty()
        : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
