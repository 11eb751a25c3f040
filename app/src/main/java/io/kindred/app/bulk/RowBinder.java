package io.kindred.app.bulk;

import io.kindred.app.rows.DraftRow;
import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Row;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns the rows of a file into rows of one table: keys and values get the types that the table
/// declares. What else may be wrong with a row is the store's business. Immutable.
final class RowBinder {
  private final TableSpec spec;
  private final Typing typing;
  private final long firstNumber;

  /// @param firstNumber the key of row 0 of a file that names no keys
  RowBinder(TableSpec spec, Typing typing, long firstNumber) {
    this.spec = spec;
    this.typing = typing;
    this.firstNumber = firstNumber;
  }

  /// The row, with the types that the table declares.
  ///
  /// @throws KindredException where a key or a value cannot be of its type
  Row bind(DraftRow draft) {
    String id = draft.id();
    return new Row(
        id == null ? numbered(firstNumber + draft.place()) : Key.parse(spec.key(), id),
        draft.vectors(),
        fields(draft.fields()),
        draft.metadata(),
        draft.eventTime(),
        draft.timeToLive(),
        null);
  }

  private Key numbered(long number) {
    return switch (spec.key()) {
      case UINT64 -> Key.of(number);
      case STRING -> Key.of(Long.toString(number));
    };
  }

  private Map<String, Value> fields(Map<String, Value> given) {
    if (given.isEmpty()) {
      return given;
    }
    Map<String, Value> bound = LinkedHashMap.newLinkedHashMap(given.size());
    given.forEach(
        (name, value) -> {
          FieldType type = spec.fields().get(name);
          bound.put(name, type == null ? value : value(name, type, value));
        });
    return bound;
  }

  private Value value(String name, FieldType type, Value value) {
    return switch (value) {
      case Value.Text(String text) -> ofText(name, type, text);
      case Value.Int64(long integer) when type == FieldType.FLOAT64 -> Value.of((double) integer);
      default -> value;
    };
  }

  /// A text that stands for a value of another type: an instant always, the others where cells have
  /// no types of their own.
  private Value ofText(String name, FieldType type, String text) {
    try {
      if (type == FieldType.TIMESTAMP) {
        return timestamp(text);
      }
      if (typing == Typing.TYPED) {
        return Value.of(text);
      }
      return switch (type) {
        case STRING -> Value.of(text);
        case INT64 -> Value.of(Long.parseLong(text.strip()));
        case FLOAT64 -> Value.of(Double.parseDouble(text.strip()));
        case BOOL -> Value.of(bool(text.strip()));
        case TIMESTAMP -> timestamp(text);
        case STRING_LIST -> list(text);
      };
    } catch (NumberFormatException | DateTimeParseException e) {
      throw KindredException.of(ErrorCode.TYPE_MISMATCH, name, text, expectation(type));
    }
  }

  static Value timestamp(String text) {
    return new Value.Timestamp(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text)));
  }

  static boolean bool(String text) {
    return switch (text) {
      case "true", "TRUE", "True" -> true;
      case "false", "FALSE", "False" -> false;
      default -> throw new NumberFormatException(text);
    };
  }

  private static Value list(String text) {
    return new Value.Array(List.of(text.split("\\|", -1)).stream().map(Value::of).toList());
  }

  private String expectation(FieldType type) {
    String expected =
        switch (type) {
          case STRING -> "text";
          case INT64 -> "an integer";
          case FLOAT64 -> "a number";
          case BOOL -> "true or false";
          case TIMESTAMP -> "an instant such as 2026-01-01T00:00:00Z";
          case STRING_LIST -> "texts divided by |";
        };
    return expected + ", table: " + spec.name();
  }

  /// Whether the text is a `uint64` key as this program writes it.
  static boolean isUint64(String text) {
    try {
      return Key.parse(KeyType.UINT64, text).toString().equals(text);
    } catch (KindredException e) {
      return false;
    }
  }
}
