package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Metric;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
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

  /// What is not zero, by offset: the whole payload of 4,356 bytes.
  private static final Map<Long, int[]> GOLDEN =
      new TreeMap<>(
          Map.of(
              0L, new int[] {1, 2, 40, 5, 4, 3, 1, 3},
              92L, new int[] {2, 2, 1},
              220L, new int[] {2, 10, 16, 0x33333333, 0x3fe33333, 100, 128, 0, 0x3ff00000},
              1248L, new int[] {200},
              4096L, new int[] {3, 1},
              4160L, new int[] {1, N, 0, N},
              4224L, new int[] {N, N},
              4288L, new int[] {1, 3, N, N, 0, 2, 3, N, 1, N, N, N, 1, 0, 2, N, N, N, N, N}));

  private static final int PAYLOAD_BYTES = 4288 + 5 * 4 * 4;

  @TempDir Path directory;

  private final HnswFile.Header header =
      new HnswFile.Header(
          Metric.DOT,
          3,
          2,
          40,
          5,
          4,
          new int[] {3},
          new int[] {2, 1},
          new Calibration(
              List.of(new Calibration.Step(10, 16, 0.6), new Calibration.Step(100, 128, 1)), 200));

  @Test
  void thePayloadIsWrittenByteForByte() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slots = arena.allocateFrom(Layer.INT, 3, 1);
      MemorySegment low = arena.allocateFrom(Layer.INT, 1, N, N, 0, N, N);
      MemorySegment high = arena.allocateFrom(Layer.INT, N, N, N);
      MemorySegment bottom =
          arena.allocateFrom(
              Layer.INT,
              new int[] {
                1, 3, N, N, N, 0, 2, 3, N, N, 1, N, N, N, N, 1, 0, 2, N, N, N, N, N, N, N
              });
      HnswGraph graph =
          new HnswGraph(
              Space.of(Metric.DOT, Vectors.allocate(5, 3, arena)),
              new Layer(bottom, 5, null, 5),
              List.of(new Layer(low, 3, slots, 2), new Layer(high, 3, slots, 1)),
              new int[] {3});
      try (SealedFile.Writer writer = Graphs.writer(directory.resolve("graph"))) {
        HnswFile.write(writer, header, graph);
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
      Vectors vectors = new Vectors(Vectors.allocate(5, 3, arena), 5);
      HnswIndex index = Graphs.open(Metric.DOT, vectors, directory.resolve("graph"), arena);
      assertThat(index.linkedCount()).isEqualTo(4);
      assertThat(index.efFor(0.6, 10)).isEqualTo(16);
      assertThat(index.efFor(0.9, 100)).isEqualTo(128);
      assertThat(index.findViolation(presence(arena, 0b01111))).isEmpty();
      assertThat(index.findViolation(presence(arena, 0b11111)))
          .hasValue("linked rows: 4 (expected: 5)");
      assertThat(index.findViolation(presence(arena, 0b10111)).orElseThrow())
          .startsWith("link of node 0, bottom: 3 (expected: a node with a vector)");
      int[] links = new int[4];
      assertThat(index.graph().bottom().read(1, links)).isEqualTo(3);
      assertThat(links).containsExactly(0, 2, 3, N);
      assertThat(index.graph().upper().get(0).ordinal(0)).isEqualTo(3);
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
