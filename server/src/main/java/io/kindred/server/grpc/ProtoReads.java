package io.kindred.server.grpc;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Token;
import io.kindred.engine.filter.Filter;
import io.kindred.server.json.ValueJson;
import io.kindred.server.work.ReadAfter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What reads have in common, in protobuf.
final class ProtoReads {
  private ProtoReads() {}

  /// The filter of a JSON text, or null where it is empty.
  static @Nullable Filter filter(String text) {
    return text.isEmpty() ? null : ValueJson.parseFilter(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What a read must see, or null where the message has no token.
  static @Nullable ReadAfter readAfter(io.kindred.protocol.v1.ReadAfter message) {
    if (message.getToken().isEmpty()) {
      return null;
    }
    Duration timeout =
        message.hasTimeout()
            ? ProtoTimes.read(message.getTimeout(), "timeout")
            : ReadAfter.TIMEOUT_DEFAULT;
    if (timeout.isNegative()) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "timeout", timeout, "0 or more");
    }
    return new ReadAfter(Token.parse(message.getToken()), timeout);
  }
}
