package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.server.json.Timestamps;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks fields up in a table's specification, and gives values the declared type where the wire's
/// format cannot tell it. Immutable.
public final class DeclaredFields {
  private DeclaredFields() {}

  /// The value as the declared field holds it: text becomes an instant, an integer a double. What
  /// does not fit is left for the engine to refuse.
  ///
  /// @throws KindredException `UNKNOWN_FIELD` where the table declares no such field,
  ///   `TYPE_MISMATCH` where the text is no instant
  public static Value typed(TableSpec table, String name, Value value) {
    FieldType type = table.fields().get(name);
    if (type == null) {
      throw unknown("field", name, table, table.fields());
    }
    if (type == FieldType.TIMESTAMP && value instanceof Value.Text(String text)) {
      return new Value.Timestamp(Timestamps.epochMicros(Timestamps.instant(text, name), name));
    }
    if (type == FieldType.FLOAT64 && value instanceof Value.Int64(long number)) {
      return Value.of((double) number);
    }
    return value;
  }

  /// @throws KindredException `UNKNOWN_FIELD` where the table has no such vector field
  public static VectorSpec vector(TableSpec table, String name) {
    VectorSpec spec = table.vectors().get(name);
    if (spec == null) {
      throw unknown("vector field", name, table, table.vectors());
    }
    return spec;
  }

  /// The name of the vector field that a request means.
  ///
  /// @param name null for the table's only one
  /// @throws KindredException `UNKNOWN_FIELD` where there is no such field, `INVALID_ARGUMENT`
  ///   where none is named and the table has not exactly one
  public static String vectorName(TableSpec table, @Nullable String name) {
    if (name != null) {
      vector(table, name);
      return name;
    }
    if (table.vectors().size() != 1) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "field: none (expected: one of %s, table: %s)"
              .formatted(table.vectors().keySet(), table.name()));
    }
    return table.vectors().keySet().iterator().next();
  }

  /// The error for a vector of the wrong dimension.
  public static KindredException wrongDimension(
      int dimension, int expected, String table, String field) {
    return new KindredException(
        ErrorCode.DIMENSION_MISMATCH,
        "dimension: %d (expected: %d, table: %s, field: %s)"
            .formatted(dimension, expected, table, field));
  }

  private static KindredException unknown(
      String what, String name, TableSpec table, Map<String, ?> known) {
    return new KindredException(
        ErrorCode.UNKNOWN_FIELD,
        "%s: %s (expected: one of %s, table: %s)"
            .formatted(what, name, known.keySet(), table.name()));
  }
}
