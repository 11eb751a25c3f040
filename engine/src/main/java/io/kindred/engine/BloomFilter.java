package io.kindred.engine;

import io.kindred.engine.merge.AgeingFilter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /// The union of the two filters that a state of [MergeOperation.AddToFilter] holds.
  ///
  /// @param state the metadata entry of a row
  /// @throws KindredException `TYPE_MISMATCH` where it is no such state
  public static BloomFilter ofState(Value state) {
    return AgeingFilter.of("state", state).union();
  }

  /// A filter without ids.
  ///
  /// @param hashes 1 to 32
  /// @param bits a power of two, 64 to 8,388,608
  public static BloomFilter empty(int hashes, int bits) {
    return of(VERSION, hashes, bits, new byte[bits / Byte.SIZE]);
  }

  /// The filter in its JSON form.
  ///
  /// @throws KindredException as [#of(long, long, long, byte[])], or `INVALID_ARGUMENT` where a
  ///   member is missing
  public static BloomFilter of(Value.Entries members) {
    if (!(members.values().get("words") instanceof Value.Text(String words))) {
      throw invalid("words", members.values().get("words"), "base64");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(words);
    } catch (IllegalArgumentException e) {
      throw (KindredException) invalid("words", "no base64", "base64").initCause(e);
    }
    return of(
        integer(members, "version"), integer(members, "hashes"), integer(members, "bits"), bytes);
  }

  private static long integer(Value.Entries members, String name) {
    if (members.values().get(name) instanceof Value.Int64(long number)) {
      return number;
    }
    throw invalid(name, members.values().get(name), "an integer");
  }

  /// The filter's JSON form.
  public Value.Entries toValue() {
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    Map<String, Value> members = new LinkedHashMap<>();
    members.put("version", Value.of((long) VERSION));
    members.put("hashes", Value.of((long) hashes));
    members.put("bits", Value.of((long) bits()));
    members.put("words", Value.of(Base64.getEncoder().encodeToString(bytes.array())));
    return new Value.Entries(members);
  }

  public int hashes() {
    return hashes;
  }

  public int bits() {
    return words.length * Long.SIZE;
  }

  /// This filter with one key more.
  ///
  /// @param keyHash as for [#mayContain]
  public BloomFilter with(long keyHash) {
    long[] set = words.clone();
    long at = keyHash & 0xFFFF_FFFFL;
    long step = keyHash >>> 32 | 1;
    long mask = ((long) set.length << 6) - 1;
    for (int i = 0; i < hashes; i++) {
      set[(int) ((at & mask) >>> 6)] |= 1L << at;
      at += step;
    }
    return new BloomFilter(hashes, set);
  }

  /// What is in this filter or in another of the same size.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where bits or hashes differ
  public BloomFilter or(BloomFilter other) {
    if (!hasSizeOf(other)) {
      throw invalid(
          "bits",
          other.bits() + ", hashes: " + other.hashes,
          bits() + ", hashes: " + hashes + ", for a union");
    }
    long[] union = words.clone();
    for (int i = 0; i < union.length; i++) {
      union[i] |= other.words[i];
    }
    return new BloomFilter(hashes, union);
  }

  /// Whether bits and hashes are the same.
  public boolean hasSizeOf(BloomFilter other) {
    return hashes == other.hashes && words.length == other.words.length;
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
