package io.kindred.app.rows;

import io.kindred.engine.Key;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Value;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/// Hands the values of rows to the columns of a Parquet file, in the order of its schema. Owned by
/// one thread.
final class ParquetRecords {
  private final MessageType schema;
  private final RecordConsumer consumer;

  ParquetRecords(MessageType schema, RecordConsumer consumer) {
    this.schema = schema;
    this.consumer = consumer;
  }

  void write(StoredRow row) {
    consumer.startMessage();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      String name = schema.getFieldName(i);
      switch (name) {
        case "id" -> field(name, i, () -> key(row.key()));
        case "metadata" -> {
          if (!row.metadata().isEmpty()) {
            field(
                name,
                i,
                () -> consumer.addBinary(Binary.fromString(JsonValues.text(row.metadata()))));
          }
        }
        case "event_time" -> {
          Instant time = row.eventTime();
          if (time != null) {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
            field(name, i, () -> consumer.addLong(micros));
          }
        }
        default -> column(row, name, i);
      }
    }
    consumer.endMessage();
  }

  private void column(StoredRow row, String name, int index) {
    float[] vector = row.vectors().get(name);
    Value value = row.fields().get(name);
    if (vector != null) {
      field(name, index, () -> list(vector.length, i -> consumer.addFloat(vector[i])));
    } else if (value != null && value != Value.Null.NULL) {
      field(name, index, () -> value(value));
    }
  }

  private void field(String name, int index, Runnable content) {
    consumer.startField(name, index);
    content.run();
    consumer.endField(name, index);
  }

  private void key(Key key) {
    switch (key) {
      case Key.Uint64(long number) -> consumer.addLong(number);
      case Key.Text(String text) -> consumer.addBinary(Binary.fromString(text));
    }
  }

  private void value(Value value) {
    switch (value) {
      case Value.Text(String text) -> consumer.addBinary(Binary.fromString(text));
      case Value.Int64(long integer) -> consumer.addLong(integer);
      case Value.Float64(double number) -> consumer.addDouble(number);
      case Value.Bool(boolean bool) -> consumer.addBoolean(bool);
      case Value.Timestamp(long micros) -> consumer.addLong(micros);
      case Value.Array(List<Value> items) -> list(items.size(), i -> value(items.get(i)));
      case Value.Null _, Value.Entries _ ->
          throw new IllegalStateException("no declared field holds " + value);
    }
  }

  private void list(int size, java.util.function.IntConsumer element) {
    consumer.startGroup();
    if (size > 0) {
      consumer.startField("list", 0);
      for (int i = 0; i < size; i++) {
        int item = i;
        consumer.startGroup();
        field("element", 0, () -> element.accept(item));
        consumer.endGroup();
      }
      consumer.endField("list", 0);
    }
    consumer.endGroup();
  }
}
