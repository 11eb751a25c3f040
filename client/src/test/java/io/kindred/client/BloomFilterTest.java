package io.kindred.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class BloomFilterTest {
  /// The vectors of `docs/formats/bloom.md`.
  @Test
  void hashesAreThoseOfTheSpecification() {
    assertThat(hash("")).isEqualTo("ef46db3751d8e999");
    assertThat(hash("a")).isEqualTo("d24ec4f1a98c6e5b");
    assertThat(hash("abc")).isEqualTo("44bc2cf5ad770999");
    assertThat(hash("item-42")).isEqualTo("3410c4354855372e");
    assertThat(hash("são paulo")).isEqualTo("f55e42c3dbdefa64");
    byte[] hundred = new byte[100];
    for (int i = 0; i < hundred.length; i++) {
      hundred[i] = (byte) i;
    }
    assertThat(Long.toHexString(XxHash64.of(hundred))).isEqualTo("6ac1e58032166597");
    assertThat(Long.toHexString(XxHash64.of(0L))).isEqualTo("34c96acdcadb1bbb");
    assertThat(Long.toHexString(XxHash64.of(42L))).isEqualTo("b556806fb6d14353");
    assertThat(Long.toHexString(XxHash64.of(-1L))).isEqualTo("85d136adb773c6c9");
  }

  private static String hash(String text) {
    return Long.toHexString(XxHash64.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theBytesAreThoseOfTheFormat() {
    BloomFilter texts = BloomFilter.of(empty(128, 4));
    texts.add("a");
    texts.add("item-42");
    texts.add("são paulo");
    assertThat(texts.toJson())
        .isEqualTo(
            "{\"version\":1,\"hashes\":4,\"bits\":128,\"words\":\"AAAAAYBgACAAMAAIGAQAAA==\"}");
    BloomFilter numbers = BloomFilter.of(empty(128, 4));
    for (long id : new long[] {0, 1, 42, -1}) {
      numbers.add(id);
    }
    assertThat(numbers.toJson()).contains("\"AAEgAA0QAggMAikEAABAAA==\"");
  }

  private static io.kindred.protocol.v1.BloomFilter empty(int bits, int hashes) {
    return io.kindred.protocol.v1.BloomFilter.newBuilder()
        .setVersion(1)
        .setHashes(hashes)
        .setBits(bits)
        .setWords(ByteString.copyFrom(new byte[bits / 8]))
        .build();
  }

  @Test
  void whatWasAddedIsInItAndOthersSeldomAre() {
    BloomFilter seen = BloomFilter.of(2_000, 0.01);
    for (long id = 0; id < 2_000; id++) {
      seen.add(id);
      seen.add("t" + id);
    }
    int wrong = 0;
    for (long id = 0; id < 2_000; id++) {
      assertThat(seen.mayContain(id)).isTrue();
      assertThat(seen.mayContain("t" + id)).isTrue();
    }
    BloomFilter half = BloomFilter.of(2_000, 0.01);
    for (long id = 0; id < 2_000; id++) {
      half.add(id);
    }
    for (long id = 1_000_000; id < 1_020_000; id++) {
      wrong += half.mayContain(id) ? 1 : 0;
    }
    assertThat(wrong).isLessThan(20_000 / 100 * 2);
  }

  @Test
  void aUnionHoldsWhatBothHold() {
    BloomFilter one = BloomFilter.of(100, 0.001);
    BloomFilter other = BloomFilter.of(100, 0.001);
    one.add("a");
    other.add("b");
    one.addAll(other);
    BloomFilter kept = BloomFilter.of(one.toMessage());
    assertThat(kept.mayContain("a")).isTrue();
    assertThat(kept.mayContain("b")).isTrue();
    assertThat(kept.mayContain("c")).isFalse();
    assertThatThrownBy(() -> one.addAll(BloomFilter.of(10_000, 0.001)))
        .hasMessageContaining("as this one");
  }

  @Test
  void whatIsNoFilterIsRefused() {
    assertThatThrownBy(() -> BloomFilter.of(0, 0.01)).hasMessageContaining("0 (expected: at least");
    assertThatThrownBy(() -> BloomFilter.of(10, 1)).hasMessageContaining("below 1");
    assertThatThrownBy(() -> BloomFilter.of(10_000_000, 0.01)).hasMessageContaining("8388608");
    assertThatThrownBy(() -> BloomFilter.of(empty(128, 4).toBuilder().setBits(256).build()))
        .hasMessageContaining("16 bytes");
    assertThatThrownBy(() -> BloomFilter.of(empty(128, 33))).hasMessageContaining("33 hashes");
  }
}
