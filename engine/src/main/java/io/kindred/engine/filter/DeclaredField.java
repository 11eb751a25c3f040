package io.kindred.engine.filter;

import io.kindred.engine.FieldType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/// A declared field, and which operands may be compared with it. Immutable.
record DeclaredField(String name, FieldType type) {
  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final int MICROS_PER_MILLI = 1_000;
  private static final String TIME_EXPECTED =
      "a time such as \"2026-01-31T12:00:00Z\", or milliseconds since 1970";

  /// The operand in the form in which the field's values are kept.
  Value fitting(String path, Operator operator, Value operand) {
    return switch (type) {
      case STRING, STRING_LIST -> {
        if (!(operand instanceof Value.Text)) {
          throw mismatch(path, operand, "text");
        }
        yield operand;
      }
      case INT64, FLOAT64 -> {
        if (!(operand instanceof Value.Int64 || operand instanceof Value.Float64)) {
          throw mismatch(path, operand, "a number");
        }
        yield operand;
      }
      case BOOL -> {
        if (Operator.ORDERING.contains(operator)) {
          throw mismatch(path, operand, "$eq, $ne, $in, $nin or $exists");
        }
        if (!(operand instanceof Value.Bool)) {
          throw mismatch(path, operand, "true or false");
        }
        yield operand;
      }
      case TIMESTAMP -> new Value.Timestamp(micros(path, operand));
    };
  }

  private long micros(String path, Value operand) {
    try {
      return switch (operand) {
        case Value.Timestamp(long micros) -> micros;
        case Value.Int64(long millis) -> Math.multiplyExact(millis, MICROS_PER_MILLI);
        case Value.Text(String text) -> micros(OffsetDateTime.parse(text).toInstant());
        case Value.Null _, Value.Bool _, Value.Float64 _, Value.Array _, Value.Entries _ ->
            throw mismatch(path, operand, TIME_EXPECTED);
      };
    } catch (DateTimeException | ArithmeticException _) {
      throw mismatch(path, operand, TIME_EXPECTED);
    }
  }

  private static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
        instant.getNano() / NANOS_PER_MICRO);
  }

  private KindredException mismatch(String path, Value operand, String expectation) {
    return Operands.invalid(path, operand, expectation + ", field " + described());
  }

  private String described() {
    return name + " is " + type.name().toLowerCase(Locale.ROOT);
  }
}
