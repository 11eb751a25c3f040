package io.kindred.app.config;

/// A configuration that cannot be used. The message is one line that names the place, what stands
/// there and what was expected.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
