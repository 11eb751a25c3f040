package io.kindred.app.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Changes bytes of any kind, as AFL and its heirs do: flips, cuts, doubles, splices, and numbers
/// at the edges of their types (Zalewski, "Binary fuzzing strategies", 2014). Stateless.
final class Mutations {
  /// Of no type's middle: where sizes, signs and ranges end.
  static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    7,
    64,
    127,
    128,
    255,
    256,
    512,
    4096,
    8192,
    8193,
    10_000,
    10_001,
    65_535,
    65_536,
    1 << 24,
    Integer.MAX_VALUE,
    1L << 31,
    0xFFFF_FFFFL,
    1L << 32,
    1L << 40,
    1L << 53,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Integer.MIN_VALUE
  };

  /// Texts that some reader takes for something.
  static final List<String> TEXTS =
      List.of(
          "0",
          "-1",
          "-0",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551615",
          "18446744073709551616",
          "NaN",
          "Infinity",
          "-Infinity",
          "1e999",
          "-1e999",
          "1e-999",
          "3.5e38",
          "1e308",
          "0.1",
          "null",
          "true",
          "false",
          "",
          " ",
          "\"",
          "\\",
          "\\ud800",
          "\\u0000",
          "\0",
          "\n",
          "\r\n",
          "\t",
          "[",
          "]",
          "{",
          "}",
          ":",
          ",",
          ";",
          "é",
          "𝄞",
          "%",
          "%00",
          "%2f",
          "../",
          "..%2f",
          "$or",
          "$and",
          "$not",
          "$in",
          "$gt",
          "$exists",
          ".",
          "+999999999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00Z",
          "1970-01-01T00:00:00Z",
          "2026-13-01T00:00:00Z",
          "P999999999D",
          "id",
          "vectors",
          "fields",
          "metadata",
          "'",
          "(",
          ")");

  private static final int RUN_BYTES_MAX = 4_096;
  private static final int LONG_RUN_BYTES = 200_000;

  private Mutations() {}

  /// The entry, changed once to four times, and now and then not at all.
  ///
  /// @param other what it is spliced with
  static byte[] of(Random random, byte[] entry, byte[] other) {
    byte[] bytes = entry;
    for (int i = random.nextInt(5); i > 0; i--) {
      bytes = once(random, bytes, other);
    }
    return bytes;
  }

  static byte[] once(Random random, byte[] bytes, byte[] other) {
    if (bytes.length == 0) {
      return other.clone();
    }
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
    return switch (random.nextInt(11)) {
      case 0, 1 -> flipped(random, bytes, at);
      case 2 -> overwritten(bytes, at, new byte[] {(byte) random.nextInt(256)});
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> joined(bytes, at + length, Arrays.copyOfRange(bytes, at, at + length), at + length);
      case 5 -> joined(bytes, at, new byte[0], at + length);
      case 6 -> spliced(random, bytes, at, other);
      case 7, 8 -> overwritten(bytes, at, number(random));
      case 9 -> joined(bytes, at, text(random), random.nextBoolean() ? at : at + length);
      default -> joined(bytes, at, run(random, bytes[at]), at);
    };
  }

  private static byte[] flipped(Random random, byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  static byte[] overwritten(byte[] bytes, int at, byte[] with) {
    byte[] changed = bytes.clone();
    System.arraycopy(with, 0, changed, at, Math.min(with.length, bytes.length - at));
    return changed;
  }

  /// The first bytes, others, and the bytes from a place on.
  static byte[] joined(byte[] bytes, int to, byte[] middle, int from) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream(to + middle.length);
    joined.write(bytes, 0, to);
    joined.writeBytes(middle);
    joined.write(bytes, from, bytes.length - from);
    return joined.toByteArray();
  }

  private static byte[] spliced(Random random, byte[] bytes, int at, byte[] other) {
    int from = other.length == 0 ? 0 : random.nextInt(other.length);
    byte[] tail = Arrays.copyOfRange(other, from, other.length);
    return joined(bytes, at, tail, bytes.length);
  }

  /// A number at an edge, in one, two, four or eight bytes, in either order.
  private static byte[] number(Random random) {
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    ByteOrder order = random.nextInt(4) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(order);
    switch (random.nextInt(6)) {
      case 0 -> bytes.put((byte) number);
      case 1 -> bytes.putShort((short) number);
      case 2 -> bytes.putLong(number);
      case 3 -> bytes.putFloat(floating(random));
      default -> bytes.putInt((int) number);
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static float floating(Random random) {
    float[] edges = {
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE,
      Float.MIN_VALUE,
      -0f
    };
    return edges[random.nextInt(edges.length)];
  }

  static byte[] text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8);
  }

  /// One byte many times over.
  private static byte[] run(Random random, byte of) {
    int length = random.nextInt(32) == 0 ? LONG_RUN_BYTES : random.nextInt(RUN_BYTES_MAX);
    byte[] run = new byte[length];
    Arrays.fill(run, of);
    return run;
  }

  /// The bytes as a Java string would hold them, one character each.
  static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte one : bytes) {
      if (one >= ' ' && one < 127 && one != '\\') {
        text.append((char) one);
      } else {
        text.append("\\x%02x".formatted(one));
      }
    }
    return text.toString();
  }
}
