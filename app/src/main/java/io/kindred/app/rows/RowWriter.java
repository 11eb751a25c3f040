package io.kindred.app.rows;

import io.kindred.engine.StoredRow;
import java.io.IOException;

/// Writes rows to one file, as they come. Owned by one thread. The file is whole once [#close]
/// returned.
public interface RowWriter extends AutoCloseable {
  /// Writes a row.
  ///
  /// @return false where the format cannot hold it and it was left out
  boolean write(StoredRow row) throws IOException;

  @Override
  void close() throws IOException;
}
