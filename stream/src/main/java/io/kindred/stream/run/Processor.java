package io.kindred.stream.run;

import io.kindred.engine.RowMerge;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.run.Meter.StepMeter;
import io.kindred.stream.step.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decodes events and takes them through a pipeline's steps, up to the change that each is to make.
/// Thread-safe.
final class Processor {
  private final Plan plan;
  private final Circuit circuit;
  private final Tracing tracing;
  private final Meter meter;
  private final List<StepMeter> meters;

  /// @param circuit through which the steps are called
  Processor(Plan plan, Circuit circuit, Tracing tracing, Meter meter) {
    this.plan = plan;
    this.circuit = circuit;
    this.tracing = tracing;
    this.meter = meter;
    this.meters = meter.steps(plan.labels());
  }

  /// @param watermark tells late events; null where none is late
  Batch prepare(List<SourceRecord> records, @Nullable Watermark watermark)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    meter.received.add(records.size());
    List<Event> events = new ArrayList<>(records.size());
    for (SourceRecord record : records) {
      events.add(decode(record, watermark));
    }
    List<Event> going = going(events);
    count(meters.getFirst(), events, going);
    if (!going.isEmpty()) {
      takeThroughSteps(going);
    }
    return written(events, going(events), startNanos);
  }

  private Event decode(SourceRecord record, @Nullable Watermark watermark) {
    Event event = new Event(record, plan.slots());
    tracing.begin(event);
    try (Tracing.Phase _ = tracing.phase(event, Plan.DECODE)) {
      plan.decoder().decode(event);
      if (watermark != null) {
        watermark.take(event);
      }
    } catch (EventFaultException e) {
      event.reject(e.at(Plan.DECODE));
    }
    return event;
  }

  private void takeThroughSteps(List<Event> events) throws InterruptedException {
    List<List<Event>> reached =
        circuit.call(
            events.size(),
            isLast -> {
              try {
                return applySteps(events, isLast);
              } catch (RuntimeException e) {
                events.forEach(event -> event.rewind(plan.decoded()));
                throw e;
              }
            });
    for (int i = 0; i < plan.steps().size(); i++) {
      count(meters.get(i + 1), reached.get(i), reached.get(i + 1));
    }
  }

  /// @return the events that reached each step, and at last those that went through all
  private List<List<Event>> applySteps(List<Event> events, boolean isLast) {
    List<List<Event>> reached = new ArrayList<>();
    List<Event> going = events;
    reached.add(going);
    for (Step step : plan.steps()) {
      if (!going.isEmpty()) {
        try (Tracing.Phase _ = tracing.phase(going, step.label())) {
          step.apply(going, isLast);
        }
      }
      going = going(going);
      reached.add(going);
    }
    return reached;
  }

  private Batch written(List<Event> events, List<Event> going, long startNanos) {
    List<Event> written = new ArrayList<>(going.size());
    List<RowMerge> merges = new ArrayList<>(going.size());
    for (Event event : going) {
      try {
        RowMerge merge = plan.sink().merge(event);
        if (merge == null) {
          event.drop();
        } else {
          written.add(event);
          merges.add(merge);
        }
      } catch (EventFaultException e) {
        event.reject(e.at(Plan.WRITE));
      }
    }
    StepMeter last = meters.getLast();
    last.in().add(going.size());
    long rejected = going.stream().filter(it -> it.outcome() instanceof Outcome.Rejected).count();
    last.rejected().add(rejected);
    last.dropped().add(going.size() - written.size() - rejected);
    return new Batch(events, written, merges, startNanos);
  }

  /// Counts what became of written events.
  void countWritten(Batch batch) {
    long rejected =
        batch.written().stream().filter(it -> it.outcome() instanceof Outcome.Rejected).count();
    meters.getLast().rejected().add(rejected);
    meters.getLast().out().add(batch.written().size() - rejected);
  }

  private static List<Event> going(List<Event> events) {
    return events.stream().filter(Event::isGoing).toList();
  }

  private static void count(StepMeter meter, List<Event> in, List<Event> out) {
    long rejected = in.stream().filter(it -> it.outcome() instanceof Outcome.Rejected).count();
    long laterRejected =
        out.stream().filter(it -> it.outcome() instanceof Outcome.Rejected).count();
    meter.in().add(in.size());
    meter.out().add(out.size());
    meter.rejected().add(rejected - laterRejected);
    meter.dropped().add(in.size() - out.size() - (rejected - laterRejected));
  }
}
