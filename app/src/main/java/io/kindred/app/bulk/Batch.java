package io.kindred.app.bulk;

import io.kindred.app.rows.RowItem;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Rows that are stored together, with their places in the file and the malformed ones among them.
/// Owned by the importing thread; its rows do not change once it is sent.
final class Batch {
  private static final int ROWS_MAX = 1_000;
  private static final long SIZE_BYTES_MAX = 4 << 20;
  private static final int VALUE_BYTES = 16;

  private final String operationId;
  private final List<Row> rows = new ArrayList<>();
  private final List<Long> places = new ArrayList<>();
  private final List<RowItem.Malformed> malformed = new ArrayList<>();
  private long sizeBytes;

  Batch(String operationId) {
    this.operationId = operationId;
  }

  void add(long place, Row row) {
    rows.add(row);
    places.add(place);
    sizeBytes += sizeBytes(row);
  }

  void add(RowItem.Malformed item) {
    malformed.add(item);
    sizeBytes += VALUE_BYTES + item.reason().length();
  }

  boolean isFull() {
    return rows.size() >= ROWS_MAX || sizeBytes >= SIZE_BYTES_MAX;
  }

  boolean isEmpty() {
    return rows.isEmpty() && malformed.isEmpty();
  }

  boolean hasRows() {
    return !rows.isEmpty();
  }

  /// The same each time, so that a retry is applied once.
  Mutation.Put put() {
    return new Mutation.Put(rows, new Origin.Operation(operationId));
  }

  long place(int index) {
    return places.get(index);
  }

  List<RowItem.Malformed> malformed() {
    return malformed;
  }

  /// About what a row takes; at most a few times less than that in any encoding.
  private static long sizeBytes(Row row) {
    long bytes = VALUE_BYTES;
    for (float[] vector : row.vectors().values()) {
      bytes += VALUE_BYTES + (long) vector.length * Float.BYTES;
    }
    return bytes + sizeBytes(row.fields()) + sizeBytes(row.metadata());
  }

  private static long sizeBytes(Map<String, Value> values) {
    long bytes = 0;
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      bytes += entry.getKey().length() + sizeBytes(entry.getValue());
    }
    return bytes;
  }

  private static long sizeBytes(Value value) {
    return switch (value) {
      case Value.Text(String text) -> VALUE_BYTES + text.length();
      case Value.Array(List<Value> items) ->
          VALUE_BYTES + items.stream().mapToLong(Batch::sizeBytes).sum();
      case Value.Entries(Map<String, Value> entries) -> VALUE_BYTES + sizeBytes(entries);
      case Value.Null _, Value.Bool _, Value.Int64 _, Value.Float64 _, Value.Timestamp _ ->
          VALUE_BYTES;
    };
  }
}
