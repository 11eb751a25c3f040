package io.kindred.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A set of keys that a caller gives with a search, such as what a user has seen already: a key
/// that is in it is always found to be, and another one by chance, with the probability that the
/// set was made for. The format is that of `docs/formats/bloom.md`.
///
/// Immutable, thread-safe.
public final class BloomFilter {
  public static final int VERSION = 1;
  public static final int BITS_MIN = 64;
  public static final int BITS_MAX = Limits.BLOOM_BYTES_MAX * Byte.SIZE;
  public static final int HASHES_MAX = 32;

  private final int hashes;
  private final long[] words;

  private BloomFilter(int hashes, long[] words) {
    this.hashes = hashes;
    this.words = words;
  }

  /// The filter that a caller sent.
  ///
  /// @param version of the format
  /// @param hashes bits that each key sets
  /// @param bits how many there are: a power of two
  /// @param bytes the bits in 64-bit words, little-endian
  /// @throws KindredException `INVALID_ARGUMENT` where they make no filter, `UNSUPPORTED` where the
  ///   version is another, `TOO_LARGE`
  public static BloomFilter of(long version, long hashes, long bits, byte[] bytes) {
    if (version != VERSION) {
      throw KindredException.of(
          ErrorCode.UNSUPPORTED, "bloom.version", version, String.valueOf(VERSION));
    }
    if (hashes < 1 || hashes > HASHES_MAX) {
      throw invalid("hashes", hashes, "1 to " + HASHES_MAX);
    }
    if (bits > BITS_MAX) {
      throw KindredException.of(ErrorCode.TOO_LARGE, "bloom.bits", bits, "at most " + BITS_MAX);
    }
    if (bits < BITS_MIN || Long.bitCount(bits) != 1) {
      throw invalid("bits", bits, "a power of two, " + BITS_MIN + " to " + BITS_MAX);
    }
    if (bytes.length != bits / Byte.SIZE) {
      throw invalid(
          "words", bytes.length + " bytes", bits / Byte.SIZE + " bytes, for bits: " + bits);
    }
    long[] words = new long[bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    return new BloomFilter((int) hashes, words);
  }

  /// @param member of the request, below `bloom`
  public static KindredException invalid(String member, @Nullable Object found, String expected) {
    return KindredException.of(
        ErrorCode.INVALID_ARGUMENT, "bloom." + member, String.valueOf(found), expected);
  }

  /// Whether a key with this hash may be in the set.
  ///
  /// @param keyHash xxHash64 of a text key's UTF-8, or of a number's eight bytes, little-endian
  public boolean mayContain(long keyHash) {
    // Two halves of one hash stand for many (Kirsch and Mitzenmacher, 2006).
    long at = keyHash & 0xFFFF_FFFFL;
    long step = keyHash >>> 32 | 1;
    long mask = ((long) words.length << 6) - 1;
    for (int i = 0; i < hashes; i++) {
      if ((words[(int) ((at & mask) >>> 6)] & 1L << at) == 0) {
        return false;
      }
      at += step;
    }
    return true;
  }
}
