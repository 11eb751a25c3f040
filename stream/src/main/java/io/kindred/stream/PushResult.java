package io.kindred.stream;

import io.kindred.engine.Token;
import java.util.List;
import java.util.Optional;

/// The outcome of a [PushRequest], whose events are durable and searchable. Immutable.
///
/// @param accepted events that were applied
/// @param dropped events that a filter left out, or that had nothing to change
/// @param rejected the others, in their order
/// @param token from where a read sees them, if any was applied
public record PushResult(
    int accepted, int dropped, List<RejectedEvent> rejected, Optional<Token> token) {
  public PushResult {
    rejected = List.copyOf(rejected);
  }

  /// @param index of the event within the request, from 0
  public record RejectedEvent(int index, Rejection rejection) {}
}
