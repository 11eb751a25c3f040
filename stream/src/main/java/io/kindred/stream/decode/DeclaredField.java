package io.kindred.stream.decode;

import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition.FieldDefinition;
import io.kindred.stream.config.EventDefinition.FieldKind;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A declared field, and what it accepts: the objects that decoders make are turned into values of
/// its type and checked. Immutable.
final class DeclaredField {
  private final FieldDefinition definition;
  private final int slot;
  private final Set<Value> oneOf;

  DeclaredField(FieldDefinition definition, int slot) {
    this.definition = definition;
    this.slot = slot;
    this.oneOf = Set.copyOf(definition.oneOf());
  }

  String name() {
    return definition.name().value();
  }

  String from() {
    return definition.from();
  }

  FieldKind kind() {
    return definition.kind();
  }

  boolean isRequired() {
    return definition.isRequired();
  }

  boolean isIn(Event event) {
    return kind() == FieldKind.VECTOR ? event.vector(slot) != null : event.value(slot) != null;
  }

  KindredException twice() {
    return definition
        .name()
        .place()
        .problem(
            definition.name().path() + ".from",
            from(),
            "a name that no other field stands at or below");
  }

  /// Takes what a decoder found: text, a boxed number or truth, an instant, a list of these, or a
  /// `float[]`. Null stands for nothing.
  void accept(@Nullable Object found, Event event) throws EventFaultException {
    if (found == null) {
      return;
    }
    if (kind() == FieldKind.VECTOR) {
      event.setVector(slot, vector(found));
    } else {
      event.setValue(slot, checked(scalar(found)));
    }
  }

  private float[] vector(Object found) throws EventFaultException {
    float[] vector =
        switch (found) {
          case float[] it -> it;
          case List<?> it -> floats(it);
          default -> throw wrongType(found, "a list of numbers");
        };
    int dimension = definition.dimension();
    if (dimension != 0 && vector.length != dimension) {
      throw EventFaultException.of(
          Fault.DIMENSION_MISMATCH,
          name() + ": dimension",
          vector.length,
          String.valueOf(dimension));
    }
    return vector;
  }

  private float[] floats(List<?> found) throws EventFaultException {
    float[] floats = new float[found.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!(found.get(i) instanceof Number number)) {
        throw wrongType(found.get(i), "a list of numbers");
      }
      floats[i] = number.floatValue();
    }
    return floats;
  }

  private Value scalar(Object found) throws EventFaultException {
    return switch (kind()) {
      case STRING -> text(found);
      case INT64 -> {
        if (found instanceof Long || found instanceof Integer) {
          yield Value.of(((Number) found).longValue());
        }
        throw wrongType(found, "a 64-bit integer");
      }
      case FLOAT64 -> number(found);
      case BOOL -> {
        if (found instanceof Boolean it) {
          yield Value.of(it.booleanValue());
        }
        throw wrongType(found, "true or false");
      }
      case TIMESTAMP -> timestamp(found);
      case STRING_LIST -> texts(found);
      case VECTOR -> throw new AssertionError(found);
    };
  }

  private Value.Text text(Object found) throws EventFaultException {
    if (found instanceof CharSequence text) {
      return new Value.Text(text.toString());
    }
    throw wrongType(found, "text");
  }

  private Value number(Object found) throws EventFaultException {
    if (!(found instanceof Number number)) {
      throw wrongType(found, "a number");
    }
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      throw EventFaultException.of(Fault.OUT_OF_RANGE, name(), value, "a finite number");
    }
    return Value.of(value);
  }

  private Value texts(Object found) throws EventFaultException {
    if (!(found instanceof List<?> list) || list.size() > Limits.LIST_ITEMS_MAX) {
      throw wrongType(found, "a list of at most " + Limits.LIST_ITEMS_MAX + " texts");
    }
    List<Value> items = new ArrayList<>(list.size());
    for (Object item : list) {
      items.add(text(item));
    }
    return new Value.Array(items);
  }

  private Value timestamp(Object found) throws EventFaultException {
    try {
      return new Value.Timestamp(
          switch (found) {
            case Instant it -> micros(it);
            case CharSequence it -> micros(OffsetDateTime.parse(it).toInstant());
            case Long it -> Math.multiplyExact(it, 1000L);
            case Integer it -> it * 1000L;
            default -> throw wrongTime(found);
          });
    } catch (DateTimeException | ArithmeticException e) {
      throw wrongTime(found);
    }
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private EventFaultException wrongTime(Object found) {
    return wrongType(
        found, "an instant such as \"2026-01-31T09:30:00Z\", or milliseconds since 1970");
  }

  private EventFaultException wrongType(@Nullable Object found, String expected) {
    return EventFaultException.of(
        Fault.TYPE_MISMATCH,
        name(),
        found instanceof CharSequence ? "\"" + found + "\"" : String.valueOf(found),
        expected);
  }

  private Value checked(Value value) throws EventFaultException {
    Double min = definition.min();
    Double max = definition.max();
    if (min != null && number(value) < min) {
      throw EventFaultException.of(
          Fault.OUT_OF_RANGE, name(), shown(value), "at least " + shown(Value.of(min)));
    }
    if (max != null && number(value) > max) {
      throw EventFaultException.of(
          Fault.OUT_OF_RANGE, name(), shown(value), "at most " + shown(Value.of(max)));
    }
    if (!oneOf.isEmpty() && !oneOf.contains(value)) {
      throw EventFaultException.of(
          Fault.OUT_OF_RANGE,
          name(),
          shown(value),
          "one of "
              + String.join(", ", definition.oneOf().stream().map(DeclaredField::shown).toList()));
    }
    return value;
  }

  private static double number(Value value) {
    return value instanceof Value.Int64(long integer) ? integer : ((Value.Float64) value).value();
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Text(String it) -> "\"" + it + "\"";
      case Value.Int64(long it) -> String.valueOf(it);
      case Value.Float64(double it) ->
          it == Math.rint(it) && Math.abs(it) < 1e15
              ? String.valueOf((long) it)
              : String.valueOf(it);
      default -> value.toString();
    };
  }
}
