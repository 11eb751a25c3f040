package io.kindred.stream.config;

/// Where events go that cannot be processed. Immutable.
public sealed interface DeadLetterDefinition {
  /// A topic of the source's brokers.
  record Topic(Text name) implements DeadLetterDefinition {}

  /// A file of JSON lines.
  record File(Text path) implements DeadLetterDefinition {}
}
