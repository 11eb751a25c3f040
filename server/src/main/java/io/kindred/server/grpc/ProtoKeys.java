package io.kindred.server.grpc;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.server.rows.Keys;
import java.util.ArrayList;
import java.util.List;

/// Keys in protobuf.
final class ProtoKeys {
  private ProtoKeys() {}

  static Key read(io.kindred.protocol.v1.Key key, KeyType type) {
    return switch (key.getKindCase()) {
      case NUMBER -> {
        if (type != KeyType.UINT64) {
          throw wrong("number " + Long.toUnsignedString(key.getNumber()), type);
        }
        yield Key.of(key.getNumber());
      }
      case TEXT -> {
        if (type != KeyType.STRING) {
          throw wrong("text", type);
        }
        yield Keys.text(key.getText());
      }
      case KIND_NOT_SET -> throw wrong("none", type);
    };
  }

  private static KindredException wrong(String found, KeyType type) {
    return KindredException.of(
        ErrorCode.INVALID_KEY,
        "id",
        found,
        type == KeyType.UINT64
            ? "number, the table's key type is uint64"
            : "text, the table's key type is string");
  }

  static List<Key> readAll(List<io.kindred.protocol.v1.Key> keys, KeyType type) {
    requireBatch(keys.size());
    List<Key> all = new ArrayList<>(keys.size());
    for (io.kindred.protocol.v1.Key key : keys) {
      all.add(read(key, type));
    }
    return all;
  }

  static void requireBatch(int count) {
    if (count > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, "ids", count, "at most " + Limits.BATCH_ROWS_MAX);
    }
  }

  static io.kindred.protocol.v1.Key write(Key key) {
    io.kindred.protocol.v1.Key.Builder message = io.kindred.protocol.v1.Key.newBuilder();
    return switch (key) {
      case Key.Uint64(long value) -> message.setNumber(value).build();
      case Key.Text(String value) -> message.setText(value).build();
    };
  }
}
