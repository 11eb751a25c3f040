package io.kindred.app.rows;

import com.fasterxml.jackson.core.JsonParser;
import io.kindred.app.rows.ParquetColumns.Column;
import io.kindred.app.rows.ParquetColumns.Content;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/// Assembles rows from the values of a Parquet file's columns, without an object for each component
/// of a vector. Owned by one thread.
final class ParquetRowMaterializer extends RecordMaterializer<RowItem> {
  private final Root root;

  private long row;
  private @Nullable String id;
  private @Nullable Instant eventTime;
  private Map<String, float[]> vectors = new LinkedHashMap<>();
  private Map<String, Value> fields = new LinkedHashMap<>();
  private Map<String, Value> metadata = Map.of();
  private @Nullable String problem;

  ParquetRowMaterializer(MessageType schema, ParquetColumns columns) {
    Converter[] converters = new Converter[schema.getFieldCount()];
    for (int i = 0; i < converters.length; i++) {
      Type type = schema.getType(i);
      Column column = java.util.Objects.requireNonNull(columns.columns().get(type.getName()));
      converters[i] = converter(type, column);
    }
    this.root = new Root(converters);
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }

  @Override
  public RowItem getCurrentRecord() {
    long place = row++;
    if (problem != null) {
      return new RowItem.Malformed(place, problem);
    }
    if (id == null) {
      return new RowItem.Malformed(place, "id: null (expected: a key)");
    }
    return new DraftRow(place, id, vectors, fields, metadata, eventTime, null);
  }

  private void begin() {
    id = null;
    eventTime = null;
    vectors = new LinkedHashMap<>();
    fields = new LinkedHashMap<>();
    metadata = Map.of();
    problem = null;
  }

  private Converter converter(Type type, Column column) {
    String name = type.getName();
    return switch (column.content()) {
      case VECTOR -> list(type, new VectorItems(name));
      case TEXT_LIST -> list(type, new TextItems(name));
      default -> new Scalar(name, column);
    };
  }

  /// A list's items sit one or two groups below the column, or right in it.
  private static Converter list(Type type, Items items) {
    if (type.isPrimitive()) {
      return items;
    }
    Type repeated = type.asGroupType().getType(0);
    Converter inner = repeated.isPrimitive() ? items : new Group(items, new ItemEnd(items));
    return new Group(inner, items);
  }

  /// What hears of the beginning and the end of a group.
  private interface Span {
    default void begin() {}

    default void end() {}
  }

  private static final class Group extends GroupConverter {
    private final Converter inner;
    private final Span span;

    Group(Converter inner, Span span) {
      this.inner = inner;
      this.span = span;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      return inner;
    }

    @Override
    public void start() {
      span.begin();
    }

    @Override
    public void end() {
      span.end();
    }
  }

  private final class Root extends GroupConverter {
    private final Converter[] converters;

    Root(Converter[] converters) {
      this.converters = converters;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      return converters[fieldIndex];
    }

    @Override
    public void start() {
      begin();
    }

    @Override
    public void end() {
      for (Converter converter : converters) {
        if (converter instanceof Items items) {
          items.finish();
        }
      }
    }
  }

  /// Items of a list, which come one by one. Those of a column without a group are finished with
  /// the row.
  private abstract static class Items extends PrimitiveConverter implements Span {
    private int groups;
    int count;

    @Override
    public void begin() {
      groups = 0;
      count = 0;
    }

    @Override
    public void end() {
      store(Math.max(0, groups - count));
      count = 0;
    }

    void groupEnded() {
      groups++;
    }

    void finish() {
      if (count > 0) {
        groups = count;
        end();
      }
    }

    /// @param nulls items that were null
    abstract void store(int nulls);
  }

  /// Counts the groups of a list, so that a null item is noticed.
  private record ItemEnd(Items items) implements Span {
    @Override
    public void end() {
      items.groupEnded();
    }
  }

  private final class VectorItems extends Items {
    private final String name;
    private float[] components = new float[128];

    VectorItems(String name) {
      this.name = name;
    }

    @Override
    public void addFloat(float value) {
      if (count < Limits.DIMENSION_MAX) {
        if (count == components.length) {
          components = Arrays.copyOf(components, count * 2);
        }
        components[count] = value;
      }
      count++;
    }

    @Override
    public void addDouble(double value) {
      addFloat((float) value);
    }

    @Override
    void store(int nulls) {
      if (nulls > 0) {
        problem = name + ": " + nulls + " null components (expected: numbers)";
      } else if (count > Limits.DIMENSION_MAX) {
        problem =
            name + ": " + count + " components (expected: at most " + Limits.DIMENSION_MAX + ")";
      } else {
        vectors.put(name, Arrays.copyOf(components, count));
      }
    }
  }

  private final class TextItems extends Items {
    private final String name;
    private List<Value> items = new ArrayList<>();

    TextItems(String name) {
      this.name = name;
    }

    @Override
    public void addBinary(Binary value) {
      if (count < Limits.LIST_ITEMS_MAX) {
        items.add(Value.of(value.toStringUsingUTF8()));
      }
      count++;
    }

    @Override
    void store(int nulls) {
      if (nulls > 0) {
        problem = name + ": " + nulls + " null items (expected: strings)";
      } else if (count > Limits.LIST_ITEMS_MAX) {
        problem = name + ": " + count + " items (expected: at most " + Limits.LIST_ITEMS_MAX + ")";
      } else {
        fields.put(name, new Value.Array(items));
      }
      items = new ArrayList<>();
    }
  }

  private final class Scalar extends PrimitiveConverter {
    private final String name;
    private final Column column;

    Scalar(String name, Column column) {
      this.name = name;
      this.column = column;
    }

    @Override
    public void addBinary(Binary value) {
      if (column.content() == Content.NUMBER) {
        BigInteger unscaled = new BigInteger(value.getBytes());
        fields.put(name, Value.of(new BigDecimal(unscaled, column.scale()).doubleValue()));
        return;
      }
      String text = value.toStringUsingUTF8();
      switch (name) {
        case "id" -> id = text;
        case "metadata" -> metadata = parseMetadata(text);
        default -> fields.put(name, Value.of(text));
      }
    }

    @Override
    public void addBoolean(boolean value) {
      fields.put(name, Value.of(value));
    }

    @Override
    public void addInt(int value) {
      addLong(column.content() == Content.UNSIGNED ? Integer.toUnsignedLong(value) : value);
    }

    @Override
    public void addLong(long value) {
      switch (column.content()) {
        case MILLIS -> timestamp(Math.multiplyExact(value, 1_000L));
        case MICROS -> timestamp(value);
        case NANOS -> timestamp(Math.floorDiv(value, 1_000L));
        case NUMBER ->
            fields.put(name, Value.of(BigDecimal.valueOf(value, column.scale()).doubleValue()));
        case UNSIGNED -> unsigned(value);
        default -> {
          if (name.equals("id")) {
            id = Long.toString(value);
          } else {
            fields.put(name, Value.of(value));
          }
        }
      }
    }

    private void unsigned(long value) {
      if (name.equals("id")) {
        id = Long.toUnsignedString(value);
      } else if (value < 0) {
        problem = name + ": " + Long.toUnsignedString(value) + " (expected: at most 2^63 - 1)";
      } else {
        fields.put(name, Value.of(value));
      }
    }

    private void timestamp(long epochMicros) {
      Value.Timestamp timestamp = new Value.Timestamp(epochMicros);
      if (name.equals("event_time")) {
        eventTime = JsonValues.instant(timestamp);
      } else {
        fields.put(name, timestamp);
      }
    }

    @Override
    public void addFloat(float value) {
      fields.put(name, Value.of((double) value));
    }

    @Override
    public void addDouble(double value) {
      fields.put(name, Value.of(value));
    }

    private Map<String, Value> parseMetadata(String text) {
      try (JsonParser parser = JsonValues.FACTORY.createParser(text)) {
        parser.nextToken();
        return JsonValues.readEntries(parser);
      } catch (MalformedRowException | IOException e) {
        problem = "metadata: " + e.getMessage();
        return Map.of();
      }
    }
  }
}
