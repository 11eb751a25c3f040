package io.kindred.engine;

import java.nio.charset.StandardCharsets;

/// The identity of a row within its table. Immutable.
///
/// Keys of one table have one type. `uint64` keys order unsigned, text keys by their UTF-8 bytes
/// (unsigned), which is also the order of a scan.
public sealed interface Key extends Comparable<Key> {

  /// A 64-bit unsigned key, held in a `long`.
  record Uint64(long value) implements Key {
    @Override
    public int compareTo(Key other) {
      return Long.compareUnsigned(value, ((Uint64) other).value);
    }

    @Override
    public String toString() {
      return Long.toUnsignedString(value);
    }
  }

  /// A text key of 1 to 512 bytes of UTF-8.
  record Text(String value) implements Key {
    public byte[] utf8() {
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Key other) {
      return java.util.Arrays.compareUnsigned(utf8(), ((Text) other).utf8());
    }

    @Override
    public String toString() {
      return value;
    }
  }

  static Key of(long value) {
    return new Uint64(value);
  }

  static Key of(String value) {
    return new Text(value);
  }

  /// Reads a key from its text form, as `toString` writes it.
  ///
  /// @throws KindredException with `INVALID_KEY` where the text is no key of that type
  static Key parse(KeyType type, String text) {
    return switch (type) {
      case UINT64 -> {
        try {
          yield new Uint64(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
          throw KindredException.of(
              ErrorCode.INVALID_KEY,
              "id",
              text,
              "an unsigned 64-bit integer, the table's key type");
        }
      }
      case STRING -> new Text(text);
    };
  }
}
