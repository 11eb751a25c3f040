package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden bytes of `docs/formats/value.md`. Files hold them: a change here is a new format.
final class ValueCodecFormatTest {
  static Stream<Arguments> golden() {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("name", Value.of("é"));
    entries.put("n", Value.Null.NULL);
    return Stream.of(
        Arguments.of(Value.Null.NULL, "00"),
        Arguments.of(Value.of(false), "01"),
        Arguments.of(Value.of(true), "02"),
        Arguments.of(Value.of(0), "03 00"),
        Arguments.of(Value.of(-1), "03 01"),
        Arguments.of(Value.of(150), "03 ac 02"),
        Arguments.of(Value.of(Long.MAX_VALUE), "03 fe ff ff ff ff ff ff ff ff 01"),
        Arguments.of(Value.of(Long.MIN_VALUE), "03 ff ff ff ff ff ff ff ff ff 01"),
        Arguments.of(Value.of(1.5), "04 00 00 00 00 00 00 f8 3f"),
        Arguments.of(Value.of(-0.0), "04 00 00 00 00 00 00 00 80"),
        Arguments.of(Value.of(""), "05 00"),
        Arguments.of(Value.of("berlin"), "05 06 62 65 72 6c 69 6e"),
        Arguments.of(Value.of("😀"), "05 04 f0 9f 98 80"),
        Arguments.of(new Value.Timestamp(1), "06 01 00 00 00 00 00 00 00"),
        Arguments.of(new Value.Array(List.of()), "07 01 00"),
        Arguments.of(new Value.Array(List.of(Value.of(1), Value.of(true))), "07 04 02 03 02 02"),
        Arguments.of(Value.Entries.EMPTY, "08 01 00"),
        Arguments.of(new Value.Entries(entries), "08 0d 02 04 6e 61 6d 65 05 02 c3 a9 01 6e 00"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void bytesAreTheDocumentedOnes(Value value, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    ByteWriter out = new ByteWriter("value", 1000);
    ValueCodec.write(out, "value", value);
    assertThat(out.toByteArray()).isEqualTo(bytes);
    assertThat(ValueCodec.read(MemorySegment.ofArray(bytes), 0)).isEqualTo(value);
  }
}
