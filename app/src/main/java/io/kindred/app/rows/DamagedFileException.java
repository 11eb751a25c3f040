package io.kindred.app.rows;

import java.io.IOException;

/// A file that cannot be read any further. The message names what was found, what was expected, and
/// where.
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public DamagedFileException(String message) {
    super(message);
  }

  public DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
