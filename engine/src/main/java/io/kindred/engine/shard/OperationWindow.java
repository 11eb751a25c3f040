package io.kindred.engine.shard;

import io.kindred.engine.Limits;
import io.kindred.engine.segment.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The last operations that a shard applied, by operation id, with their outcomes: part of the
/// shard's state, so that a replayed or retried operation changes nothing. At most 65,536, and at
/// most 64 MiB of outcomes. Owned by the applying thread.
final class OperationWindow {
  private static final int BYTES_MAX = 64 << 20;
  private static final int ENTRY_BYTES = 48;

  private final LinkedHashMap<String, Outcome> outcomes = new LinkedHashMap<>();
  private long sizeBytes;

  @Nullable Outcome find(String operationId) {
    return outcomes.get(operationId);
  }

  void remember(String operationId, Outcome outcome) {
    outcomes.put(operationId, outcome);
    sizeBytes += sizeBytes(operationId, outcome);
    while (outcomes.size() > Limits.OPERATIONS_REMEMBERED
        || (sizeBytes > BYTES_MAX && outcomes.size() > 1)) {
      Map.Entry<String, Outcome> oldest = outcomes.pollFirstEntry();
      sizeBytes -= sizeBytes(oldest.getKey(), oldest.getValue());
    }
  }

  private static long sizeBytes(String operationId, Outcome outcome) {
    return ENTRY_BYTES + operationId.length() + outcome.sizeBytes();
  }

  /// Bytes that the encoded window takes, and rather too many.
  long sizeBytes() {
    return sizeBytes;
  }

  int size() {
    return outcomes.size();
  }

  /// The newest record with an operation id, or 0.
  long newestPosition() {
    return outcomes.values().stream().mapToLong(Outcome::position).max().orElse(0);
  }

  byte[] encode() {
    return capture().get();
  }

  /// Takes what is remembered now, to be encoded later on any thread.
  Supplier<byte[]> capture() {
    List<Map.Entry<String, Outcome>> entries = List.copyOf(outcomes.sequencedEntrySet());
    return () -> encode(entries);
  }

  private static byte[] encode(List<Map.Entry<String, Outcome>> entries) {
    ByteWriter out = new ByteWriter("operations", Integer.MAX_VALUE - 64);
    out.putInt(entries.size());
    for (Map.Entry<String, Outcome> entry : entries) {
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
      byte[] id = new byte[Math.min(in.getShort(), in.remaining())];
      in.get(id);
      window.remember(new String(id, StandardCharsets.UTF_8), Outcome.decode(in));
    }
    return window;
  }
}
