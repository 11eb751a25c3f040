package io.kindred.engine.shard;

import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Value;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import java.util.HashMap;
import java.util.Map;

/// Makes rows that callers keep out of rows in place.
final class RowReader {
  private RowReader() {}

  /// @param location of a row in the view, which the caller leases
  static StoredRow read(ShardView view, long location, Projection projection, RowCursor cursor) {
    return read(view.rows(location), ShardView.ordinal(location), projection, cursor);
  }

  static StoredRow read(Rows rows, int ordinal, Projection projection, RowCursor cursor) {
    rows.read(ordinal, cursor);
    boolean hasFields = projection.hasFields();
    Map<String, Value> fields = hasFields ? cursor.fields() : Map.of();
    Map<String, Value> metadata = hasFields ? cursor.metadataEntries() : Map.of();
    return new StoredRow(
        cursor.key(),
        cursor.version(),
        projection.hasVectors() ? vectors(rows, ordinal, cursor.schema()) : Map.of(),
        fields,
        metadata,
        cursor.eventTime(),
        cursor.expiry());
  }

  private static Map<String, float[]> vectors(Rows rows, int ordinal, Schema schema) {
    Map<String, float[]> vectors = HashMap.newHashMap(schema.vectorCount());
    for (int field = 0; field < schema.vectorCount(); field++) {
      if (rows.hasVector(field, ordinal)) {
        vectors.put(schema.vectorName(field), rows.vectors(field).vector(ordinal));
      }
    }
    return vectors;
  }
}
