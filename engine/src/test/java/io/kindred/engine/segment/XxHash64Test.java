package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class XxHash64Test {
  /// The vectors of `docs/formats/bloom.md`; the first is the specification's own.
  @Test
  void hashesAreThoseOfTheSpecification() {
    assertThat(hash(new byte[0])).isEqualTo("ef46db3751d8e999");
    assertThat(hash("a".getBytes(StandardCharsets.UTF_8))).isEqualTo("d24ec4f1a98c6e5b");
    assertThat(hash("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo("44bc2cf5ad770999");
    assertThat(hash("item-42".getBytes(StandardCharsets.UTF_8))).isEqualTo("3410c4354855372e");
    assertThat(hash("são paulo".getBytes(StandardCharsets.UTF_8))).isEqualTo("f55e42c3dbdefa64");
    byte[] hundred = new byte[100];
    for (int i = 0; i < hundred.length; i++) {
      hundred[i] = (byte) i;
    }
    assertThat(hash(hundred)).isEqualTo("6ac1e58032166597");
  }

  @Test
  void aNumberHashesLikeItsEightBytes() {
    long seed = 8;
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      long number = random.nextLong();
      byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
      assertThat(Long.toHexString(XxHash64.of(number))).isEqualTo(hash(bytes));
    }
  }

  private static String hash(byte[] bytes) {
    return Long.toHexString(XxHash64.of(MemorySegment.ofArray(bytes), 0, bytes.length));
  }
}
