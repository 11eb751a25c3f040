package io.kindred.app.config;

/// The least serious events that are logged.
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG
}
