package io.kindred.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row as a caller gives it, to put or to update. Immutable; the arrays are not copied and must
/// not change until the write has been acknowledged.
///
/// @param vectors by vector field name; a field left out has no vector in this row
/// @param fields by declared field name; `Value.Null` stands for "absent"
/// @param eventTime when the change happened; a write older than the stored row loses. Null: wins
/// @param timeToLive how long the row lives from the log's time of the write, or null for the
///   table's
/// @param expectedVersion the version that the stored row must have (0: no row), or null for any
public record Row(
    Key key,
    Map<String, float[]> vectors,
    Map<String, Value> fields,
    Map<String, Value> metadata,
    @Nullable Instant eventTime,
    @Nullable Duration timeToLive,
    @Nullable Long expectedVersion) {

  /// A row with vectors, fields and metadata and no conditions.
  public static Row of(
      Key key,
      Map<String, float[]> vectors,
      Map<String, Value> fields,
      Map<String, Value> metadata) {
    return new Row(key, vectors, fields, metadata, null, null, null);
  }
}
