package io.kindred.stream;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Events that a caller pushes into a pipeline. Immutable; the arrays must not change until the
/// request was answered.
///
/// @param events encoded as the pipeline declares, 1 to 10,000, at most 32 MiB
/// @param identity by which a retry of the request is recognised, where the caller gives one
/// @param traceparent W3C's trace context, where the caller is traced
public record PushRequest(
    List<byte[]> events, Optional<Identity> identity, Optional<String> traceparent) {
  private static final Pattern PRODUCER = Pattern.compile("[A-Za-z0-9_.:-]{1,40}");

  public PushRequest {
    events = List.copyOf(events);
    long bytes = events.stream().mapToLong(it -> it.length).sum();
    if (events.isEmpty() || events.size() > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          events.isEmpty() ? ErrorCode.INVALID_ARGUMENT : ErrorCode.TOO_LARGE,
          "events",
          events.size(),
          "1 to " + Limits.BATCH_ROWS_MAX);
    }
    if (bytes > Limits.BATCH_BYTES_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, "events", bytes + " bytes", "at most " + Limits.BATCH_BYTES_MAX);
    }
  }

  public static PushRequest of(List<byte[]> events) {
    return new PushRequest(events, Optional.empty(), Optional.empty());
  }

  /// A producer's name and a number that it gives to one request only. A request that comes again
  /// with the same identity, as long as it is among the newest 65,536 changes of each shard, is
  /// applied once.
  ///
  /// @param producer 1 to 40 letters, digits, `_`, `.`, `:` or `-`
  /// @param sequence at least 0
  public record Identity(String producer, long sequence) {
    public Identity {
      if (!PRODUCER.matcher(producer).matches()) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "producer",
            producer,
            "1 to 40 letters, digits, '_', '.', ':' or '-'");
      }
      if (sequence < 0) {
        throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "sequence", sequence, "at least 0");
      }
    }
  }
}
