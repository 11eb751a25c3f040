package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ByteWriterTest {
  @Test
  void writesLittleEndian() {
    ByteWriter out = new ByteWriter("record", 1000);
    out.putByte(0x01);
    out.putShort(0x0302);
    out.putInt(0x07060504);
    out.putLong(0x0F0E0D0C0B0A0908L);
    out.putFloat(1.5f);
    out.putDouble(-2.5);
    out.putFloats(new float[] {3f, 4f});

    ByteBuffer buffer = out.asBuffer();
    assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(buffer.remaining()).isEqualTo(out.position()).isEqualTo(35);
    for (int i = 1; i <= 15; i++) {
      assertThat(buffer.get()).isEqualTo((byte) i);
    }
    assertThat(buffer.getFloat()).isEqualTo(1.5f);
    assertThat(buffer.getDouble()).isEqualTo(-2.5);
    assertThat(buffer.getFloat()).isEqualTo(3f);
    assertThat(buffer.getFloat()).isEqualTo(4f);
  }

  @Test
  void varintsReadBackInTheirShortestForm() {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >>> random.nextInt(64);
      ByteWriter out = new ByteWriter("record", 10);
      out.putVarint(value);
      MemorySegment segment = MemorySegment.ofArray(out.toByteArray());
      assertThat(Varint.read(segment, 0)).isEqualTo(value);
      assertThat(out.position())
          .isEqualTo(Varint.byteCount(value))
          .isEqualTo(Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7));
    }
  }

  @Test
  void overlongAndEndlessVarintsAreCorrupt() {
    byte[][] damaged = {
      {(byte) 0x80, 0},
      {(byte) 0xFF, (byte) 0x80, 0},
      {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2},
      {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0},
    };
    for (byte[] bytes : damaged) {
      assertThatThrownBy(() -> Varint.read(MemorySegment.ofArray(bytes), 0))
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
          .hasMessage("number: an overlong varint at 0 (expected: the shortest form)");
    }
  }

  @Test
  void textIsWrittenAsUtf8() {
    for (String text : new String[] {"", "ascii", "naïve", "Ωmega", "日本", "a😀b", "\uffff\0"}) {
      ByteWriter out = new ByteWriter("record", 100);
      byte[] expected = text.getBytes(StandardCharsets.UTF_8);
      assertThat(out.putUtf8(text)).isEqualTo(expected.length);
      assertThat(out.toByteArray()).isEqualTo(expected);
    }
  }

  @Test
  void unpairedSurrogatesAreRefused() {
    for (String text :
        new String[] {"\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d", "\ud83d\ud83d\ude00"}) {
      assertThatThrownBy(() -> new ByteWriter("key", 100).putUtf8(text))
          .hasMessage("key: an unpaired surrogate (expected: well-formed Unicode text)");
    }
  }

  @Test
  void growsToItsLimitAndNamesWhatExceedsIt() {
    ByteWriter out = new ByteWriter("metadata", 1000);
    byte[] chunk = new byte[100];
    for (int i = 0; i < 10; i++) {
      chunk[0] = (byte) i;
      out.putBytes(chunk);
    }
    assertThatThrownBy(() -> out.putByte(1))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
        .hasMessage("metadata: more than 1000 bytes (expected: at most 1000)");
    assertThat(out.position()).isEqualTo(1000);
    for (int i = 0; i < 10; i++) {
      assertThat(out.asBuffer().get(100 * i)).isEqualTo((byte) i);
    }
  }

  @Test
  void alignmentFillsWithZerosAlsoWhereOldBytesLie() {
    ByteWriter out = new ByteWriter("record", 100);
    out.putLong(-1);
    out.putLong(-1);
    out.reset();
    out.putByte(7);
    out.alignTo(8);
    out.alignTo(8);
    assertThat(out.toByteArray()).containsExactly(7, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void rewindAndPatchStayWithinWhatWasWritten() {
    ByteWriter out = new ByteWriter("record", 100);
    out.putInt(1);
    out.putInt(2);
    out.patchInt(0, 9);
    out.rewind(4);
    assertThat(out.toByteArray()).containsExactly(9, 0, 0, 0);
    assertThatThrownBy(() -> out.patchInt(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> out.rewind(5)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void copiesABufferWithoutMovingIt() {
    ByteWriter out = new ByteWriter("record", 100);
    ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
    out.putBytes(source);
    out.putBytes(new byte[] {5, 6, 7}, 1, 1);
    assertThat(out.toByteArray()).containsExactly(2, 3, 6);
    assertThat(source.remaining()).isEqualTo(2);
  }
}
