package io.kindred.stream.event;

import io.kindred.engine.MergeOperation;
import io.kindred.engine.Value;
import io.kindred.stream.Rejection;
import io.kindred.stream.SourceRecord;
import io.opentelemetry.api.trace.Span;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An event on its way through a pipeline: what it holds so far, and what it is to change. Owned by
/// one thread at a time.
public final class Event {
  private final SourceRecord source;
  private final @Nullable Object[] slots;
  private final List<MergeOperation> operations = new ArrayList<>(4);
  private Instant time;
  private Span span = Span.getInvalid();
  private Outcome outcome = Outcome.Going.GOING;

  /// @param slots how many fields the last step's scope has
  public Event(SourceRecord source, int slots) {
    this.source = source;
    this.slots = new Object[slots];
    this.time = Instant.ofEpochMilli(source.timestampMillis());
  }

  /// What became of an event so far.
  public sealed interface Outcome {
    /// It goes on to the next step.
    enum Going implements Outcome {
      GOING
    }

    /// It is left out, as a filter says.
    enum Dropped implements Outcome {
      DROPPED
    }

    /// It is refused.
    record Rejected(Rejection rejection) implements Outcome {}
  }

  public SourceRecord source() {
    return source;
  }

  /// When it happened.
  public Instant time() {
    return time;
  }

  public void setTime(Value.Timestamp time) {
    this.time = Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
  }

  /// The scalar value in a slot, or null.
  public @Nullable Value value(int slot) {
    return (Value) slots[slot];
  }

  /// The value or the vector of a field, or null.
  public @Nullable Object value(Field field) {
    return slots[field.slot()];
  }

  public void setValue(int slot, @Nullable Value value) {
    slots[slot] = value;
  }

  /// The vector in a slot, or null. It is not copied.
  public float @Nullable [] vector(int slot) {
    return (float[]) slots[slot];
  }

  public void setVector(int slot, float @Nullable [] vector) {
    slots[slot] = vector;
  }

  /// Adds a change of the row that the pipeline's sink names.
  public void add(MergeOperation operation) {
    operations.add(operation);
  }

  public List<MergeOperation> operations() {
    return operations;
  }

  /// The span that follows the event, or an invalid one where nobody traces it.
  public Span span() {
    return span;
  }

  public void setSpan(Span span) {
    this.span = span;
  }

  public boolean isGoing() {
    return outcome == Outcome.Going.GOING;
  }

  public Outcome outcome() {
    return outcome;
  }

  public void drop() {
    outcome = Outcome.Dropped.DROPPED;
  }

  public void reject(Rejection rejection) {
    outcome = new Outcome.Rejected(rejection);
  }

  /// Forgets what steps have done, so that they can be done again.
  ///
  /// @param decoded fields that decoding fills
  public void rewind(int decoded) {
    Arrays.fill(slots, decoded, slots.length, null);
    operations.clear();
    outcome = Outcome.Going.GOING;
  }
}
