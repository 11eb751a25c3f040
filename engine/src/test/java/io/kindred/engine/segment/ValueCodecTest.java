package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ValueCodecTest {
  private static final int VALUES = 2_000;
  private static final int MUTATIONS = 10_000;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyValueReadsBackAndIsSkippedWhole(long seed) {
    RandomValues values = new RandomValues(new Random(seed));
    ByteWriter out = new ByteWriter("values", 1 << 20);
    for (int i = 0; i < VALUES; i++) {
      Value value = values.value(4);
      out.reset();
      out.putInt(0xCAFE);
      ValueCodec.write(out, "value", value);
      int end = out.position();
      out.putInt(-1);
      MemorySegment segment = MemorySegment.ofArray(out.toByteArray());
      assertThat(ValueCodec.read(segment, 4)).as("seed %d, value %d", seed, i).isEqualTo(value);
      assertThat(ValueCodec.skip(segment, 4)).as("seed %d, value %d", seed, i).isEqualTo(end);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void cursorSeesWhatTheCodecReads(long seed) {
    RandomValues values = new RandomValues(new Random(seed));
    for (int i = 0; i < VALUES; i++) {
      Value value = values.value(4);
      new CursorWalk(encoded(value)).assertSees(0, value);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedBytesAreAValueOrCorruptAndNothingElse(long seed) {
    Random random = new Random(seed);
    RandomValues values = new RandomValues(random);
    int corrupt = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = damaged(encoded(values.value(4)).toArray(ValueLayout.JAVA_BYTE), random);
      MemorySegment segment = MemorySegment.ofArray(bytes);
      try {
        assertThat(ValueCodec.skip(segment, 0)).isBetween(1L, (long) bytes.length);
        ValueCodec.read(segment, 0);
      } catch (KindredException e) {
        assertThat(e.code()).as("seed %d, mutation %d", seed, i).isEqualTo(ErrorCode.CORRUPT);
        corrupt++;
      }
      try {
        new CursorWalk(segment).visit(0);
      } catch (KindredException e) {
        assertThat(e.code()).as("seed %d, mutation %d", seed, i).isEqualTo(ErrorCode.CORRUPT);
      } catch (IndexOutOfBoundsException e) {
        assertThat(e).as("seed %d, mutation %d: the segment's own bound", seed, i).isNotNull();
      }
    }
    assertThat(corrupt).as("seed %d", seed).isGreaterThan(MUTATIONS / 10);
  }

  @Test
  void everyCutIsCorrupt() {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("text", Value.of("x".repeat(200)));
    entries.put("list", new Value.Array(List.of(Value.of(1.5), Value.of(Long.MIN_VALUE))));
    MemorySegment whole = encoded(new Value.Entries(entries));
    for (long size = 0; size < whole.byteSize(); size++) {
      MemorySegment cut = whole.asSlice(0, size);
      assertCorrupt(() -> ValueCodec.read(cut, 0));
      assertCorrupt(() -> ValueCodec.skip(cut, 0));
    }
  }

  @Test
  void twoEntriesOfOneNameAreCorrupt() {
    byte[] bytes = {ValueCodec.ENTRIES, 7, 2, 1, 'a', ValueCodec.NULL, 1, 'a', ValueCodec.TRUE};
    assertCorrupt(() -> ValueCodec.read(MemorySegment.ofArray(bytes), 0));
  }

  @Test
  void countBeyondTheBytesIsCorrupt() {
    // A list that claims 268,435,455 items in two bytes.
    byte[] bytes = {ValueCodec.ARRAY, 6, -1, -1, -1, 0x7F, 0, 0};
    assertCorrupt(() -> ValueCodec.read(MemorySegment.ofArray(bytes), 0));
  }

  @Test
  void nestingHasALimitBothWays() {
    Value deepest = nested(Limits.VALUE_DEPTH_MAX);
    assertThat(ValueCodec.read(encoded(deepest), 0)).isEqualTo(deepest);

    ByteWriter out = new ByteWriter("record", 1000);
    assertInvalid(
        () -> ValueCodec.write(out, "metadata", nested(Limits.VALUE_DEPTH_MAX + 1)),
        "metadata" + "[0]".repeat(32) + ": nesting of 33 levels (expected: at most 32)");

    ByteWriter deep = new ByteWriter("record", 1000);
    for (int i = 0; i <= Limits.VALUE_DEPTH_MAX; i++) {
      int length = 2 * (Limits.VALUE_DEPTH_MAX - i) + Limits.VALUE_DEPTH_MAX - i + 1;
      deep.putByte(ValueCodec.ARRAY);
      deep.putVarint(length);
      deep.putByte(i < Limits.VALUE_DEPTH_MAX ? 1 : 0);
    }
    assertCorrupt(() -> ValueCodec.read(MemorySegment.ofArray(deep.toByteArray()), 0));
  }

  @Test
  void whatHasNoBinaryFormIsRefusedByItsPathAndLeavesNothing() {
    ByteWriter out = new ByteWriter("record", 1000);
    out.putInt(1);
    assertInvalid(
        () -> ValueCodec.write(out, "price", Value.of(Double.POSITIVE_INFINITY)),
        "price: Infinity (expected: a finite number)");
    assertInvalid(
        () ->
            ValueCodec.write(
                out,
                "metadata",
                new Value.Entries(
                    Map.of("a", new Value.Array(List.of(Value.of(1), Value.of(Double.NaN)))))),
        "metadata.a[1]: NaN (expected: a finite number)");
    assertInvalid(
        () ->
            ValueCodec.write(
                out,
                "metadata",
                new Value.Entries(Map.of("a", new Value.Entries(Map.of("b", Value.of("\ud83d")))))),
        "metadata.a.b: text with an unpaired surrogate (expected: well-formed Unicode text)");
    assertInvalid(
        () -> ValueCodec.write(out, "m", new Value.Entries(Map.of("\ude00", Value.of(1)))),
        "text with an unpaired surrogate (expected: well-formed Unicode text)");
    assertThatThrownBy(() -> ValueCodec.write(out, "note", Value.of("x".repeat(1000))))
        .hasMessage("record: more than 1000 bytes (expected: at most 1000)");
    assertThat(out.position()).isEqualTo(4);
  }

  @Test
  void textsCompareAsUnsignedUtf8() {
    Random random = new Random(3);
    RandomValues values = new RandomValues(random);
    for (int i = 0; i < VALUES; i++) {
      if (!(values.value(0) instanceof Value.Text(String text))) {
        continue;
      }
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      ValueCursor cursor = new ValueCursor(encoded(new Value.Text(text)));
      byte[] other = utf8.clone();
      if (other.length > 0) {
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] shorter = Arrays.copyOf(utf8, utf8.length / 2);
      for (byte[] operand : List.of(utf8, other, shorter)) {
        assertThat(Integer.signum(cursor.compareText(0, operand)))
            .isEqualTo(Integer.signum(Arrays.compareUnsigned(utf8, operand)));
        assertThat(cursor.equalsText(0, operand)).isEqualTo(Arrays.equals(utf8, operand));
      }
    }
  }

  private static Value nested(int depth) {
    Value value = new Value.Array(List.of());
    for (int i = 1; i < depth; i++) {
      value = new Value.Array(List.of(value));
    }
    return value;
  }

  private static MemorySegment encoded(Value value) {
    ByteWriter out = new ByteWriter("value", 1 << 20);
    ValueCodec.write(out, "value", value);
    return MemorySegment.ofArray(out.toByteArray());
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    int changes = random.nextInt(1, 4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 8 : bytes.length));
      bytes[at] =
          switch (random.nextInt(3)) {
            case 0 -> (byte) random.nextInt(256);
            case 1 -> (byte) (bytes[at] ^ (1 << random.nextInt(8)));
            default -> (byte) (bytes[at] + random.nextInt(-2, 3));
          };
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(bytes, random.nextInt(1, bytes.length + 1))
        : bytes;
  }

  private static void assertCorrupt(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  private static void assertInvalid(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(message);
  }
}
