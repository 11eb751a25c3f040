package io.kindred.engine.segment;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.Key;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A Bloom filter in the making, for tests. Owned by one thread.
public final class SeenKeys {
  private final int hashes;
  private final ByteBuffer bytes;

  public SeenKeys(int bits, int hashes) {
    this.hashes = hashes;
    this.bytes = ByteBuffer.allocate(bits / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
  }

  public void add(Key key) {
    long hash = hash(key);
    long bits = bytes.capacity() * 8L;
    for (int i = 0; i < hashes; i++) {
      long bit = ((hash & 0xFFFF_FFFFL) + i * (hash >>> 32 | 1)) % bits;
      int at = (int) (bit >>> 3);
      bytes.put(at, (byte) (bytes.get(at) | 1 << (bit & 7)));
    }
  }

  public BloomFilter filter() {
    return BloomFilter.of(1, hashes, bytes.capacity() * 8L, bytes.array());
  }

  public static long hash(Key key) {
    return switch (key) {
      case Key.Uint64(long value) -> XxHash64.of(value);
      case Key.Text text -> XxHash64.of(MemorySegment.ofArray(text.utf8()), 0, text.utf8().length);
    };
  }
}
