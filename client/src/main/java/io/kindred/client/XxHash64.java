package io.kindred.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// xxHash64 with seed 0, after Yann Collet's specification
/// (`github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md`): the hash of keys in a Bloom filter,
/// which clients in any language have at hand. Stateless.
final class XxHash64 {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  /// The first two, added with a wrap.
  private static final long PRIME_1_AND_2 = 0x60EA27EEADC0B5D6L;

  private static final int STRIPE_BYTES = 32;

  private XxHash64() {}

  /// The hash of a number's eight bytes, little-endian.
  static long of(long value) {
    long hash = PRIME_5 + Long.BYTES;
    hash = Long.rotateLeft(hash ^ round(0, value), 27) * PRIME_1 + PRIME_4;
    return spread(hash);
  }

  static long of(byte[] bytes) {
    int at = 0;
    int end = bytes.length;
    long hash;
    if (end >= STRIPE_BYTES) {
      long lane1 = PRIME_1_AND_2;
      long lane2 = PRIME_2;
      long lane3 = 0;
      long lane4 = -PRIME_1;
      for (; at <= end - STRIPE_BYTES; at += STRIPE_BYTES) {
        lane1 = round(lane1, (long) LONG.get(bytes, at));
        lane2 = round(lane2, (long) LONG.get(bytes, at + 8));
        lane3 = round(lane3, (long) LONG.get(bytes, at + 16));
        lane4 = round(lane4, (long) LONG.get(bytes, at + 24));
      }
      hash =
          Long.rotateLeft(lane1, 1)
              + Long.rotateLeft(lane2, 7)
              + Long.rotateLeft(lane3, 12)
              + Long.rotateLeft(lane4, 18);
      hash = merged(merged(merged(merged(hash, lane1), lane2), lane3), lane4);
    } else {
      hash = PRIME_5;
    }
    hash += end;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(bytes, at)), 27) * PRIME_1 + PRIME_4;
    }
    if (at <= end - Integer.BYTES) {
      long word = (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
      hash = Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
      at += Integer.BYTES;
    }
    for (; at < end; at++) {
      long one = bytes[at] & 0xFFL;
      hash = Long.rotateLeft(hash ^ one * PRIME_5, 11) * PRIME_1;
    }
    return spread(hash);
  }

  private static long round(long lane, long word) {
    return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
  }

  private static long merged(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  private static long spread(long value) {
    long hash = (value ^ value >>> 33) * PRIME_2;
    hash = (hash ^ hash >>> 29) * PRIME_3;
    return hash ^ hash >>> 32;
  }
}
