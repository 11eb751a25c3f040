package io.kindred.server.work;

import io.kindred.engine.Token;
import java.time.Duration;

/// That a read must see at least the writes up to a token, and how long it may wait for them.
/// Immutable.
public record ReadAfter(Token token, Duration timeout) {
  public static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(1);
}
