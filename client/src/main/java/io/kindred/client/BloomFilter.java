package io.kindred.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A set of ids to leave out of a search, such as what a user has seen already: `bloom` of a
/// search. An id that was added is always left out; another one is by chance, with the rate that
/// the set was made for while it holds no more ids than expected.
///
/// Owned by one thread. The format is that of `docs/formats/bloom.md`.
public final class BloomFilter {
  private static final int VERSION = 1;
  private static final long BITS_MIN = 64;
  private static final long BITS_MAX = 8L * 1024 * 1024;
  private static final int HASHES_MAX = 32;

  private final int hashes;
  private final long[] words;

  private BloomFilter(int hashes, long[] words) {
    this.hashes = hashes;
    this.words = words;
  }

  /// An empty set.
  ///
  /// @param idsExpected how many ids will be added, about
  /// @param falsePositiveRate the share of other ids that may be taken for one of them, above 0 and
  ///   below 1
  /// @throws IllegalArgumentException where such a set needs more than 1 MiB
  public static BloomFilter of(long idsExpected, double falsePositiveRate) {
    if (idsExpected < 1) {
      throw new IllegalArgumentException(
          "ids expected: " + idsExpected + " (expected: at least 1)");
    }
    if (!(falsePositiveRate > 0 && falsePositiveRate < 1)) {
      throw new IllegalArgumentException(
          "false positive rate: " + falsePositiveRate + " (expected: above 0 and below 1)");
    }
    double rateBits = -Math.log(falsePositiveRate) / Math.log(2);
    double needed = idsExpected * rateBits / Math.log(2);
    if (needed > BITS_MAX) {
      throw new IllegalArgumentException(
          "%d ids at a false positive rate of %s: %.0f bits (expected: at most %d)"
              .formatted(idsExpected, falsePositiveRate, needed, BITS_MAX));
    }
    long bits = BITS_MIN;
    while (bits < needed) {
      bits <<= 1;
    }
    int hashes = Math.clamp((long) Math.ceil(rateBits), 1, HASHES_MAX);
    return new BloomFilter(hashes, new long[(int) (bits / Long.SIZE)]);
  }

  /// The set that a message holds, such as one that was kept as bytes.
  ///
  /// @throws IllegalArgumentException where it holds none
  public static BloomFilter of(io.kindred.protocol.v1.BloomFilter message) {
    long bits = message.getBits();
    int bytes = message.getWords().size();
    boolean fits =
        message.getVersion() == VERSION
            && message.getHashes() >= 1
            && message.getHashes() <= HASHES_MAX
            && bits >= BITS_MIN
            && bits <= BITS_MAX
            && Long.bitCount(bits) == 1
            && bytes == bits / Byte.SIZE;
    if (!fits) {
      throw new IllegalArgumentException(
          "bloom filter: version %d, %d hashes, %d bits, %d bytes (expected: version %d, 1 to %d"
                  .formatted(
                      message.getVersion(), message.getHashes(), bits, bytes, VERSION, HASHES_MAX)
              + " hashes, a power of two of bits, in as many bytes)");
    }
    long[] words = new long[bytes / Long.BYTES];
    message
        .getWords()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(words);
    return new BloomFilter(message.getHashes(), words);
  }

  /// Adds a text id.
  public void add(String id) {
    addHash(XxHash64.of(id.getBytes(StandardCharsets.UTF_8)));
  }

  /// Adds a `uint64` id.
  public void add(long id) {
    addHash(XxHash64.of(id));
  }

  public boolean mayContain(String id) {
    return mayContainHash(XxHash64.of(id.getBytes(StandardCharsets.UTF_8)));
  }

  public boolean mayContain(long id) {
    return mayContainHash(XxHash64.of(id));
  }

  private void addHash(long hash) {
    long at = hash & 0xFFFF_FFFFL;
    long step = hash >>> 32 | 1;
    for (int i = 0; i < hashes; i++) {
      words[word(at)] |= 1L << at;
      at += step;
    }
  }

  private boolean mayContainHash(long hash) {
    long at = hash & 0xFFFF_FFFFL;
    long step = hash >>> 32 | 1;
    for (int i = 0; i < hashes; i++) {
      if ((words[word(at)] & 1L << at) == 0) {
        return false;
      }
      at += step;
    }
    return true;
  }

  private int word(long bit) {
    return (int) (bit >>> 6) & words.length - 1;
  }

  /// Adds all ids of another set.
  ///
  /// @throws IllegalArgumentException where it has another size or number of hashes
  public void addAll(BloomFilter other) {
    if (other.hashes != hashes || other.words.length != words.length) {
      throw new IllegalArgumentException(
          "other set: %d bits, %d hashes (expected: %d bits, %d hashes, as this one)"
              .formatted(other.bits(), other.hashes, bits(), hashes));
    }
    for (int i = 0; i < words.length; i++) {
      words[i] |= other.words[i];
    }
  }

  /// How many bits there are.
  public long bits() {
    return (long) words.length * Long.SIZE;
  }

  /// Bits that each id sets.
  public int hashes() {
    return hashes;
  }

  /// The set as a search takes it, and as it may be kept: its bytes tell all about it.
  public io.kindred.protocol.v1.BloomFilter toMessage() {
    return io.kindred.protocol.v1.BloomFilter.newBuilder()
        .setVersion(VERSION)
        .setHashes(hashes)
        .setBits(bits())
        .setWords(ByteString.copyFrom(bytes()))
        .build();
  }

  /// The set as a search over REST takes it: the value of `bloom`.
  public String toJson() {
    return "{\"version\":%d,\"hashes\":%d,\"bits\":%d,\"words\":\"%s\"}"
        .formatted(VERSION, hashes, bits(), Base64.getEncoder().encodeToString(bytes()));
  }

  private byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes.array();
  }
}
