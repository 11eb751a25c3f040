package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A Bloom filter in JSON: `{"version":1,"hashes":7,"bits":1024,"words":"…"}`, the words in base64.
/// One reader reads one filter. Owned by the thread that reads it.
final class BloomJson {
  private static final String MEMBERS = "version, hashes, bits, words";

  /// Four characters stand for three bytes.
  private static final int TEXT_MAX = (Limits.BLOOM_BYTES_MAX + 2) / 3 * 4;

  private @Nullable Long version;
  private @Nullable Long hashes;
  private @Nullable Long bits;
  private byte @Nullable [] words;

  private BloomJson() {}

  static BloomFilter read(JsonParser in) throws IOException {
    return new BloomJson().readMembers(in);
  }

  private BloomFilter readMembers(JsonParser in) throws IOException {
    Members.each(
        in,
        "bloom",
        name -> {
          switch (name) {
            case "version" -> version = Members.longInteger(in, "bloom.version");
            case "hashes" -> hashes = Members.longInteger(in, "bloom.hashes");
            case "bits" -> bits = Members.longInteger(in, "bloom.bits");
            case "words" -> words = readWords(in);
            default -> throw Members.unknown("bloom", name, MEMBERS);
          }
        });
    if (words == null) {
      throw BloomFilter.invalid("words", "none", "the filter's bits in base64");
    }
    return BloomFilter.of(
        required("version", version), required("hashes", hashes), required("bits", bits), words);
  }

  private static long required(String member, @Nullable Long value) {
    if (value == null) {
      throw BloomFilter.invalid(member, "none", "an integer");
    }
    return value;
  }

  private static byte[] readWords(JsonParser in) throws IOException {
    Members.require(in, "bloom.words", JsonToken.VALUE_STRING, "base64");
    String text = in.getText();
    if (text.length() > TEXT_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "bloom.words",
          text.length() + " characters",
          "at most " + TEXT_MAX + ", the base64 of " + Limits.BLOOM_BYTES_MAX + " bytes");
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw BloomFilter.invalid(
          "words", '"' + Members.shortened(text) + "\": " + e.getMessage(), "base64");
    }
  }
}
