package io.kindred.app.bulk;

import io.kindred.app.rows.DraftRow;
import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.app.rows.RowReader;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a table must be to hold a file's rows, told from the rows at its head.
///
/// The dimension of a vector is the one that most rows have. A field gets the narrowest type that
/// all of its values at the head have; without any value it is text. Keys are `uint64` where all
/// are numbered or plain decimal numbers.
final class TableGuess {
  private final Typing typing;
  private final Map<String, FieldType> declared;
  private final List<DraftRow> head;

  private TableGuess(RowReader reader, List<DraftRow> head) {
    this.typing = reader.typing();
    this.declared = reader.declaredFields();
    this.head = head;
  }

  /// @param head rows from the head of the reader's file
  static TableSpec of(NewTable table, RowReader reader, List<DraftRow> head) {
    if (head.isEmpty()) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "table: "
              + table.name()
              + " (expected: an existing table, or rows to tell a new one from)");
    }
    TableGuess guess = new TableGuess(reader, head);
    return TableSpec.of(table.name(), guess.key(table), guess.vectors(table), guess.fields());
  }

  private KeyType key(NewTable table) {
    KeyType wanted = table.key();
    if (wanted != null) {
      return wanted;
    }
    boolean isNumeric =
        head.stream().map(DraftRow::id).allMatch(id -> id == null || RowBinder.isUint64(id));
    return isNumeric ? KeyType.UINT64 : KeyType.STRING;
  }

  private Map<String, VectorSpec> vectors(NewTable table) {
    Map<String, Map<Integer, Long>> dimensions = new LinkedHashMap<>();
    for (DraftRow row : head) {
      row.vectors()
          .forEach(
              (name, vector) ->
                  dimensions
                      .computeIfAbsent(name, _ -> new LinkedHashMap<>())
                      .merge(vector.length, 1L, Long::sum));
    }
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    dimensions.forEach(
        (name, counts) ->
            vectors.put(name, new VectorSpec(mostFrequent(counts), table.metric(), table.index())));
    return vectors;
  }

  private static int mostFrequent(Map<Integer, Long> counts) {
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private Map<String, FieldType> fields() {
    Map<String, FieldType> fields = new LinkedHashMap<>(declared);
    for (String name :
        head.stream()
            .flatMap(row -> row.fields().keySet().stream())
            .collect(Collectors.toCollection(java.util.LinkedHashSet::new))) {
      if (typing == Typing.TEXT || !declared.containsKey(name)) {
        FieldType type = fieldType(name);
        if (type != null) {
          fields.put(name, type);
        }
      }
    }
    return fields;
  }

  /// The narrowest type of all values, or null where all of them are null.
  private @Nullable FieldType fieldType(String name) {
    FieldType type = null;
    for (DraftRow row : head) {
      Value value = row.fields().get(name);
      if (value != null && value != Value.Null.NULL) {
        FieldType one = typeOf(value);
        type = type == null ? one : common(type, one);
      }
    }
    return type;
  }

  private FieldType typeOf(Value value) {
    return switch (value) {
      case Value.Null _ -> FieldType.STRING;
      case Value.Bool _ -> FieldType.BOOL;
      case Value.Int64 _ -> FieldType.INT64;
      case Value.Float64 _ -> FieldType.FLOAT64;
      case Value.Timestamp _ -> FieldType.TIMESTAMP;
      case Value.Array _ -> FieldType.STRING_LIST;
      case Value.Entries _ -> FieldType.STRING;
      case Value.Text(String text) -> typeOf(text);
    };
  }

  private FieldType typeOf(String text) {
    if (isInstant(text)) {
      return FieldType.TIMESTAMP;
    }
    if (typing == Typing.TYPED) {
      return FieldType.STRING;
    }
    String stripped = text.strip();
    if (stripped.matches("-?(0|[1-9]\\d{0,17})")) {
      return FieldType.INT64;
    }
    if (stripped.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?")) {
      return FieldType.FLOAT64;
    }
    return stripped.equals("true") || stripped.equals("false") ? FieldType.BOOL : FieldType.STRING;
  }

  private static boolean isInstant(String text) {
    if (text.length() < 20 || text.charAt(10) != 'T') {
      return false;
    }
    try {
      RowBinder.timestamp(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static FieldType common(FieldType one, FieldType other) {
    if (one == other) {
      return one;
    }
    boolean isNumber =
        (one == FieldType.INT64 || one == FieldType.FLOAT64)
            && (other == FieldType.INT64 || other == FieldType.FLOAT64);
    return isNumber ? FieldType.FLOAT64 : FieldType.STRING;
  }
}
