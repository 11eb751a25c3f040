package io.kindred.engine.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Presence;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bytes of the payload, which every later release has to read.
final class IvfFormatTest {
  private static final int ONE = Float.floatToRawIntBits(1);
  private static final int HALF = Float.floatToRawIntBits(0.5f);
  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final int STARTS = 4096 + 64 + 64;
  private static final int ORDINALS = STARTS + 64;
  private static final int TERMS = ORDINALS + 256;
  private static final int CODES = TERMS + 256;
  private static final int PAYLOAD_BYTES = CODES + 2 * 128;

  /// What is not zero, by offset: two lists of rows of two components; row 4 has no vector.
  private static final Map<Integer, int[]> GOLDEN =
      new TreeMap<>(
          Map.of(
              0,
              new int[] {0, 0, 2, 2, 5, 4, 2, 2, 4, 25, 0, 0x3ff00000},
              48,
              new int[] {2, 10, 11, 100, 106},
              116,
              new int[] {2, 10, 1, 0x33333333, 0x3fe33333, 100, 2, 0, 0x3ff00000},
              4096,
              new int[] {HALF, HALF, ONE, HALF},
              4160,
              new int[] {ONE, HALF, HALF, ONE},
              STARTS,
              new int[] {0, 1, 2}));

  @TempDir Path directory;
  private final Arena arena = Arena.ofShared();

  private final IvfHeader header =
      new IvfHeader(
          IvfHeader.Kind.FLAT,
          Metric.L2,
          2,
          2,
          5,
          4,
          2,
          4,
          1,
          new IvfCalibration(
              List.of(new IvfCalibration.Step(10, 1, 0.6), new IvfCalibration.Step(100, 2, 1)),
              List.of(new IvfCalibration.Refine(10, 11), new IvfCalibration.Refine(100, 106)),
              25));

  @AfterEach
  void close() {
    arena.close();
  }

  private static byte[] golden() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[PAYLOAD_BYTES]);
    GOLDEN.forEach((offset, numbers) -> put(bytes, offset, numbers));
    for (int place = 0; place < 64; place++) {
      put(bytes, ORDINALS + 4 * place, -1);
      put(bytes, TERMS + 4 * place, INFINITE);
    }
    put(bytes, ORDINALS, 0, 2, 3);
    put(bytes, TERMS, 0, ONE, HALF);
    put(bytes, ORDINALS + 128, 1);
    put(bytes, TERMS + 128, HALF);
    // Rows 0, 2 and 3 of block 0, and row 0 of block 1; two components and two of padding each.
    put(bytes, CODES, 0x0000_0201, 0x0000_ff03, 0x0000_0080);
    put(bytes, CODES + 128, 0x0000_0605);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void put(MemorySegment bytes, int offset, int... numbers) {
    MemorySegment.copy(numbers, 0, bytes, ValueLayout.JAVA_INT_UNALIGNED, offset, numbers.length);
  }

  private Path write(byte[] payload) {
    Path path = directory.resolve("lists");
    try (SealedFile.Writer writer = SealedFile.create(new FileDisk(), path, IvfFile.FORMAT)) {
      writer.write(MemorySegment.ofArray(payload));
      writer.seal();
    }
    return path;
  }

  private IvfFile open(Path path) {
    SealedFile sealed = SealedFile.open(new FileDisk(), path, IvfFile.FORMAT, arena);
    return IvfFile.open(sealed, new IndexSpec.IvfFlat(2), arena);
  }

  private VectorRows rows(int count) {
    return new VectorRows(arena.allocate(count * 8L, 64), 8, 2);
  }

  @Test
  void thePayloadIsReadAndWrittenByteForByte() {
    IvfIndex index = open(write(golden())).index(Metric.L2, rows(5), 5, null);
    assertThat(index.kind()).isEqualTo("ivf_flat");
    assertThat(index.linkedCount()).isEqualTo(4);
    assertThat(index.header()).isEqualTo(header);
    assertThat(index.efFor(0.6, 10)).isEqualTo(1);
    assertThat(index.efFor(1, 100)).isEqualTo(2);
    assertThat(index.data().size(0)).isEqualTo(3);
    assertThat(index.data().centroids().vector(1)).containsExactly(0.5f, 1);
    byte[] code = new byte[2];
    index.data().codec().take(index.data().codes(), 0, 1, code);
    assertThat(code).containsExactly(3, -1);
    MemorySegment bits = arena.allocate(1);
    bits.set(ValueLayout.JAVA_BYTE, 0, (byte) 0b01111);
    assertThat(index.findViolation(new Presence(bits))).isEmpty();
    assertThat(index.findViolation(Presence.ALL))
        .hasValue("4 rows in lists, 4 in the header (expected: 5, as many as have a vector)");

    Path again = directory.resolve("again");
    try (SealedFile.Writer writer = SealedFile.create(new FileDisk(), again, IvfFile.FORMAT)) {
      IvfFile.write(writer, header, index.data());
      writer.seal();
    }
    SealedFile sealed = SealedFile.open(new FileDisk(), again, IvfFile.FORMAT, arena);
    assertThat(sealed.payload().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(golden());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, kind: 3 (expected: 0 to 2)",
    "0, 1, start of list 0: -1",
    "4, -1, metric: -1",
    "8, 0, dimension: 0",
    "12, 3, components: 3 (expected: 1 to 2)",
    "20, 6, rows in lists: 6",
    "24, 0, lists: 0",
    "24, 3, start of list",
    "28, 3, start of list",
    "48, 9, refines: 9",
    "116, 65, steps: 65",
    "4228, 3, start of list 1: 3",
    "4232, 1, start of list 2: 1",
    "4288, 5, row at place 0: 5 (expected: -1 to 4)",
    "4288, -2, row at place 0: -2",
  })
  void aNumberOutOfRangeIsRefused(int offset, int number, String message) {
    byte[] payload = golden();
    put(MemorySegment.ofArray(payload), offset, number);
    Path path = write(payload);
    assertThatThrownBy(() -> open(path))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  @Test
  void listsOfOtherRowsAreRefused() {
    IvfFile file = open(write(golden()));
    assertThatThrownBy(() -> file.index(Metric.L2, rows(6), 6, null))
        .hasMessageContaining("L2, 5 rows × 2")
        .hasMessageContaining("L2, 6 rows × 2");
    assertThatThrownBy(() -> file.index(Metric.DOT, rows(5), 5, null)).hasMessageContaining("DOT");
    Path path = directory.resolve("lists");
    SealedFile sealed = SealedFile.open(new FileDisk(), path, IvfFile.FORMAT, arena);
    assertThatThrownBy(() -> IvfFile.open(sealed, new IndexSpec.IvfPq(2, 1), arena))
        .hasMessageContaining("kind: ivf_flat")
        .hasMessageContaining("ivf_pq");
  }
}
