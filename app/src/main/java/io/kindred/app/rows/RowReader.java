package io.kindred.app.rows;

import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.FieldType;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The rows of one file, in its order, read as they are asked for. Owned by one thread.
public interface RowReader extends AutoCloseable {
  /// The next row, or what is in place of it, or null at the end.
  ///
  /// @throws DamagedFileException where nothing behind this place can be read
  @Nullable RowItem next() throws IOException;

  Typing typing();

  /// The fields that the file declares ahead of its rows, in its order. Of a [Typing#TEXT] reader
  /// each is a string, and it is the cells that tell.
  default Map<String, FieldType> declaredFields() {
    return Map.of();
  }

  /// What [RowItem#place] counts: `line` or `row`.
  String placeName();

  /// How far the reader is, in the unit of [#length].
  long progress();

  /// How far it is to the end, in bytes or rows, where that is known.
  OptionalLong length();

  @Override
  void close() throws IOException;
}
