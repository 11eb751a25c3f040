package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.Vectors;
import io.kindred.engine.quantize.ScalarQuantizer;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bytes of the payload, which every later release has to read.
final class HnswFormatTest {
  private static final int N = -1;
  private static final int ROWS = 5;
  private static final int CODES = 4096 + 64 + 64 + 128 + 64;
  private static final int PARTITIONS = CODES + ROWS * 64;

  /// What is not zero, by offset.
  private static final Map<Long, int[]> GOLDEN =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(0L, new int[] {1, 2, 40, 5, 4, 3, 1, 0x3f000000, 2, 1}),
              Map.entry(
                  220L, new int[] {2, 10, 16, 0x33333333, 0x3fe33333, 100, 128, 0, 0x3ff00000}),
              Map.entry(1248L, new int[] {200, 0, 1234}),
              Map.entry(4096L, new int[] {0, 0x3f800000, 0x40000000}),
              Map.entry(4160L, new int[] {3, 1}),
              Map.entry(
                  4224L, new int[] {1, 3, N, N, 0, 2, 3, N, 1, N, N, N, 1, 0, 2, N, N, N, N, N}),
              Map.entry(4352L, new int[] {0x3f800000, 0x40000000, 0x3f800000, 0x3f800000, 0}),
              Map.entry((long) CODES, new int[] {0x80817f80, 0x80808080}),
              Map.entry((long) PARTITIONS, new int[] {1, 3, 1}),
              Map.entry(PARTITIONS + 64L, new int[] {2}),
              Map.entry(
                  PARTITIONS + 128L,
                  new int[] {1, 2, N, N, 0, N, N, N, 0, 1, N, N, N, N, N, N, N, N, N, N})));

  private static final int PAYLOAD_BYTES = PARTITIONS + 128 + ROWS * 4 * 4;

  @TempDir Path directory;

  private final HnswFile.Header header =
      new HnswFile.Header(
          Metric.DOT,
          3,
          2,
          40,
          Quantization.SQ8,
          ROWS,
          4,
          2,
          0.5f,
          1,
          new Calibration(
              List.of(new Calibration.Step(10, 16, 0.6), new Calibration.Step(100, 128, 1)), 200),
          1234);

  @Test
  void thePayloadIsWrittenByteForByte() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment links =
          arena.allocateFrom(
              Links.INT,
              new int[] {
                1, 3, N, N, N, 0, 2, 3, N, N, 1, N, N, N, N, 1, 0, 2, N, N, N, N, N, N, N
              });
      ScalarQuantizer quantizer =
          new ScalarQuantizer(Metric.DOT, Quantization.SQ8, new float[] {0, 1, 2}, 0.5f);
      VectorRows floats = Vectors.allocate(ROWS, 3, arena);
      Codes codes = Codes.reserve(quantizer, floats, ROWS, arena);
      MemorySegment.copy(
          new int[] {0x80817f80, 0x80808080}, 0, codes.data(), ValueLayout.JAVA_INT, 0, 2);
      MemorySegment.copy(
          new float[] {1, 2, 1, 1, 0}, 0, codes.factors(), ValueLayout.JAVA_FLOAT, 0, ROWS);
      try (SealedFile.Writer writer = Graphs.writer(directory.resolve("graph"))) {
        HnswFile.Partition partition = new HnswFile.Partition(1, 3, new int[] {2});
        Links ofPartition =
            new Links(
                arena.allocateFrom(
                    Links.INT,
                    new int[] {1, 2, N, N, 0, N, N, N, 0, 1, N, N, N, N, N, N, N, N, N, N}),
                4,
                ROWS);
        HnswFile.write(
            writer,
            header,
            new HnswFile.Parts(
                new int[] {3, 1},
                new Links(links, 5, ROWS),
                codes,
                List.of(partition),
                ofPartition));
        writer.seal();
      }
      SealedFile file =
          SealedFile.open(new FileDisk(), directory.resolve("graph"), HnswIndex.FORMAT, arena);
      assertThat(file.payload().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(golden());
    }
  }

  @Test
  void thePayloadIsRead() {
    try (Arena arena = Arena.ofConfined()) {
      try (SealedFile.Writer writer = Graphs.writer(directory.resolve("graph"))) {
        writer.write(MemorySegment.ofArray(golden()));
        writer.seal();
      }
      Vectors vectors = new Vectors(Vectors.allocate(ROWS, 3, arena), ROWS);
      HnswIndex index = Graphs.open(Metric.DOT, vectors, directory.resolve("graph"), arena);
      assertThat(index.linkedCount()).isEqualTo(4);
      assertThat(index.efFor(0.6, 10)).isEqualTo(16);
      assertThat(index.efFor(0.9, 100)).isEqualTo(128);
      assertThat(index.parameters()).containsEntry("quantization", "sq8");
      assertThat(index.findViolation(presence(arena, 0b01111))).isEmpty();
      assertThat(index.findViolation(presence(arena, 0b11111)))
          .hasValue("linked rows: 4 (expected: 5)");
      assertThat(index.findViolation(presence(arena, 0b10111)).orElseThrow())
          .startsWith("link of node 0: 3 (expected: a node with a vector)");
      OrdinalList partition =
          new OrdinalList(1, arena.allocateFrom(Links.INT, new int[] {0, 1, 2, 4}), 4);
      assertThat(index.ofPartition(partition)).isNotNull();
      assertThat(index.findPartitionViolation(presence(arena, 0b01111), number -> partition))
          .isEmpty();
      assertThat(index.findPartitionViolation(presence(arena, 0b11111), number -> partition))
          .hasValue("partition 1: linked rows: 3 (expected: 4)");
      int[] links = new int[4];
      assertThat(index.links().read(1, links)).isEqualTo(3);
      assertThat(links).containsExactly(0, 2, 3, N);
    }
  }

  private static Presence presence(Arena arena, int bits) {
    MemorySegment memory = arena.allocate(1);
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) bits);
    return new Presence(memory);
  }

  private static byte[] golden() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[PAYLOAD_BYTES]);
    GOLDEN.forEach(
        (offset, numbers) ->
            MemorySegment.copy(
                numbers, 0, bytes, ValueLayout.JAVA_INT_UNALIGNED, offset, numbers.length));
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }
}
