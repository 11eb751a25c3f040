package io.kindred.engine.shard;

import io.kindred.engine.Limits;
import io.kindred.engine.segment.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The last 65,536 operations that a shard applied, by operation id, with their outcomes: part of
/// the shard's state, so that a replayed or retried operation changes nothing. Owned by the
/// applying thread.
final class OperationWindow {
  private static final int ENCODED_BYTES_MAX = Integer.MAX_VALUE - 64;

  private final LinkedHashMap<String, Outcome> outcomes = new LinkedHashMap<>();

  @Nullable Outcome find(String operationId) {
    return outcomes.get(operationId);
  }

  void remember(String operationId, Outcome outcome) {
    outcomes.put(operationId, outcome);
    if (outcomes.size() > Limits.OPERATIONS_REMEMBERED) {
      outcomes.pollFirstEntry();
    }
  }

  /// The newest record with an operation id, or 0.
  long newestPosition() {
    return outcomes.values().stream().mapToLong(Outcome::position).max().orElse(0);
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter("operations", ENCODED_BYTES_MAX);
    out.putInt(outcomes.size());
    for (Map.Entry<String, Outcome> entry : outcomes.entrySet()) {
      byte[] id = entry.getKey().getBytes(StandardCharsets.UTF_8);
      out.putShort(id.length);
      out.putBytes(id);
      entry.getValue().encode(out);
    }
    return out.toByteArray();
  }

  static OperationWindow decode(byte[] encoded) {
    OperationWindow window = new OperationWindow();
    ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt();
    for (int i = 0; i < count; i++) {
      byte[] id = new byte[in.getShort()];
      in.get(id);
      window.outcomes.put(new String(id, StandardCharsets.UTF_8), Outcome.decode(in));
    }
    return window;
  }
}
