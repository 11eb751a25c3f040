package io.kindred.app.rows;

import io.kindred.engine.FieldType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/// What each column of a Parquet file is. Immutable.
///
/// `id` is the key, `metadata` a JSON object in text, `event_time` a timestamp. A list of floats or
/// doubles is a vector, a list of strings a string list.
record ParquetColumns(Map<String, Column> columns) {

  /// What one column holds.
  enum Content {
    TEXT,
    INTEGER,
    UNSIGNED,
    NUMBER,
    BOOL,
    MILLIS,
    MICROS,
    NANOS,
    VECTOR,
    TEXT_LIST
  }

  /// @param scale digits behind the point of a decimal, or 0
  record Column(Content content, int scale) {}

  static ParquetColumns of(MessageType schema) throws DamagedFileException {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (Type type : schema.getFields()) {
      columns.put(type.getName(), column(type));
    }
    Column id = columns.get("id");
    if (id == null
        || (id.content() != Content.TEXT
            && id.content() != Content.INTEGER
            && id.content() != Content.UNSIGNED)) {
      throw new DamagedFileException(
          "columns: "
              + String.join(", ", columns.keySet())
              + " (expected: a column id of strings or integers)");
    }
    requireContent(columns, "metadata", Content.TEXT, Content.TEXT);
    requireContent(columns, "event_time", Content.MILLIS, Content.NANOS);
    return new ParquetColumns(columns);
  }

  private static void requireContent(
      Map<String, Column> columns, String name, Content first, Content last)
      throws DamagedFileException {
    Column column = columns.get(name);
    if (column != null
        && (column.content().compareTo(first) < 0 || column.content().compareTo(last) > 0)) {
      throw new DamagedFileException(
          "column: "
              + name
              + " of "
              + column.content()
              + (first == Content.TEXT ? " (expected: text, JSON)" : " (expected: a timestamp)"));
    }
  }

  /// The columns that are fields of a table, with their types.
  Map<String, FieldType> fields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    columns.forEach(
        (name, column) -> {
          if (!name.equals("id") && !name.equals("metadata") && !name.equals("event_time")) {
            switch (column.content()) {
              case TEXT -> fields.put(name, FieldType.STRING);
              case INTEGER, UNSIGNED -> fields.put(name, FieldType.INT64);
              case NUMBER -> fields.put(name, FieldType.FLOAT64);
              case BOOL -> fields.put(name, FieldType.BOOL);
              case MILLIS, MICROS, NANOS -> fields.put(name, FieldType.TIMESTAMP);
              case TEXT_LIST -> fields.put(name, FieldType.STRING_LIST);
              case VECTOR -> {}
            }
          }
        });
    return fields;
  }

  private static Column column(Type type) throws DamagedFileException {
    if (type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED)) {
      return scalar(type.asPrimitiveType());
    }
    PrimitiveType element = element(type);
    if (element != null) {
      switch (element.getPrimitiveTypeName()) {
        case FLOAT, DOUBLE -> {
          return new Column(Content.VECTOR, 0);
        }
        case BINARY -> {
          return new Column(Content.TEXT_LIST, 0);
        }
        case INT32, INT64, INT96, BOOLEAN, FIXED_LEN_BYTE_ARRAY -> {}
      }
    }
    throw unsupported(type);
  }

  /// What a list is of, in any of the three shapes that writers use, or null where it is no list of
  /// scalars.
  static @org.jspecify.annotations.Nullable PrimitiveType element(Type type) {
    if (type.isPrimitive()) {
      return type.asPrimitiveType();
    }
    GroupType list = type.asGroupType();
    boolean isList = list.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation;
    if (!isList || list.getFieldCount() != 1) {
      return null;
    }
    Type repeated = list.getType(0);
    if (repeated.isPrimitive()) {
      return repeated.asPrimitiveType();
    }
    GroupType group = repeated.asGroupType();
    if (group.getFieldCount() == 1 && group.getType(0).isPrimitive()) {
      return group.getType(0).asPrimitiveType();
    }
    return null;
  }

  private static Column scalar(PrimitiveType type) throws DamagedFileException {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    int scale = logical instanceof DecimalLogicalTypeAnnotation decimal ? decimal.getScale() : 0;
    if (logical instanceof DecimalLogicalTypeAnnotation) {
      return new Column(Content.NUMBER, scale);
    }
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> new Column(Content.BOOL, 0);
      case FLOAT, DOUBLE -> new Column(Content.NUMBER, 0);
      case INT32, INT64 -> new Column(integer(logical), 0);
      case BINARY -> new Column(Content.TEXT, 0);
      case INT96, FIXED_LEN_BYTE_ARRAY -> throw unsupported(type);
    };
  }

  private static Content integer(@org.jspecify.annotations.Nullable LogicalTypeAnnotation logical) {
    if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
      return switch (timestamp.getUnit()) {
        case MILLIS -> Content.MILLIS;
        case MICROS -> Content.MICROS;
        case NANOS -> Content.NANOS;
      };
    }
    if (logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation type
        && !type.isSigned()) {
      return Content.UNSIGNED;
    }
    return Content.INTEGER;
  }

  private static DamagedFileException unsupported(Type type) {
    return new DamagedFileException(
        "column: "
            + type.getName()
            + " of "
            + type.toString().replaceAll("\\s+", " ")
            + " (expected: text, integer, decimal, float, double, boolean, timestamp, or a list of floats"
            + " or strings)");
  }
}
