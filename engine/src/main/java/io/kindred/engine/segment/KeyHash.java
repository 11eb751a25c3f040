package io.kindred.engine.segment;

import io.kindred.engine.Key;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// 64-bit hashes of keys. They are part of file formats and of the assignment of keys to shards, so
/// they never change.
public final class KeyHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME_1 = 0x9E3779B97F4A7C15L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;

  private KeyHash() {}

  /// Spreads a 64-bit number (the finalizer of MurmurHash3, variant 13 of Stafford).
  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// Hash of a text key's UTF-8 bytes.
  public static long of(byte[] utf8) {
    long hash = PRIME_1 + utf8.length;
    int at = 0;
    for (; at + Long.BYTES <= utf8.length; at += Long.BYTES) {
      hash = Long.rotateLeft(hash ^ mix((long) LONG.get(utf8, at)), 27) * PRIME_2 + PRIME_1;
    }
    long tail = 0;
    for (int shift = 0; at < utf8.length; at++, shift += Byte.SIZE) {
      tail |= (utf8[at] & 0xFFL) << shift;
    }
    return mix(hash ^ mix(tail + PRIME_1));
  }

  /// What a slot of a key table holds for a key: the number itself, or the hash of the text.
  public static long slotKey(Key key) {
    return switch (key) {
      case Key.Uint64(long value) -> value;
      case Key.Text text -> of(text.utf8());
    };
  }

  /// The shard of a key, from 0.
  public static int shard(long slotKey, int shards) {
    return shards == 1 ? 0 : (int) Math.unsignedMultiplyHigh(mix(slotKey ^ PRIME_2), shards);
  }
}
