package io.kindred.app.rows;

import io.kindred.engine.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row as a file has it, before a table's types are known. Immutable; the arrays are handed over.
///
/// @param place the line the row starts on, from 1, or for a binary format its number, from 0
/// @param id the key's text form, or null where the file names no keys
/// @param vectors by the column's name
/// @param fields by the column's name; of a [Typing#TEXT] reader all of them are texts
public record DraftRow(
    long place,
    @Nullable String id,
    Map<String, float[]> vectors,
    Map<String, Value> fields,
    Map<String, Value> metadata,
    @Nullable Instant eventTime,
    @Nullable Duration timeToLive)
    implements RowItem {

  /// Whether a file's cells have types of their own.
  public enum Typing {
    /// Every cell is text, to be read as the type that the table declares.
    TEXT,
    /// Cells are typed, and a text is a text.
    TYPED
  }

  public DraftRow withId(String other) {
    return new DraftRow(place, other, vectors, fields, metadata, eventTime, timeToLive);
  }

  /// A row of nothing but one vector.
  public static DraftRow ofVector(long place, String field, float[] vector) {
    return new DraftRow(place, null, Map.of(field, vector), Map.of(), Map.of(), null, null);
  }
}
