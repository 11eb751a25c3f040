package io.kindred.engine.index;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Writes and reads the payload of an `hnsw` file, as [HnswLayout] says.
final class HnswFile {
  private static final int ROWS_PER_WRITE = 1024;

  /// By code, as the header has it.
  private static final List<Metric> METRICS = List.of(Metric.L2, Metric.DOT, Metric.COSINE);

  private HnswFile() {}

  /// What the header says. Immutable.
  record Header(
      Metric metric,
      int dimension,
      int m,
      int efConstruction,
      int rowCount,
      int linkedCount,
      int[] entries,
      int[] layerCounts,
      Calibration calibration) {}

  static void write(SealedFile.Writer file, Header header, HnswGraph graph) {
    MemorySegment bytes = MemorySegment.ofArray(new long[HnswLayout.HEADER_BYTES / Long.BYTES]);
    put(bytes, header);
    file.write(bytes);
    if (!graph.upper().isEmpty()) {
      MemorySegment ordinals = Objects.requireNonNull(graph.upper().get(0).ordinals());
      file.write(ordinals.asSlice(0, (long) header.layerCounts()[0] * Integer.BYTES));
    }
    for (Layer layer : graph.upper()) {
      writeLinks(file, layer, header.m());
    }
    writeLinks(file, graph.bottom(), 2 * header.m());
  }

  private static void writeLinks(SealedFile.Writer file, Layer layer, int stride) {
    file.alignTo(HnswLayout.ALIGNMENT);
    int[] links = new int[layer.stride()];
    int[] block = new int[ROWS_PER_WRITE * stride];
    int filled = 0;
    for (int node = 0; node < layer.nodeCount(); node++) {
      int count = layer.read(node, links);
      assert count <= stride : "links are trimmed before they are written";
      for (int i = 0; i < stride; i++) {
        block[filled++] = i < count ? links[i] : Layer.NONE;
      }
      if (filled == block.length || node == layer.nodeCount() - 1) {
        file.write(MemorySegment.ofArray(block).asSlice(0, (long) filled * Integer.BYTES));
        filled = 0;
      }
    }
  }

  /// Copies the graph of a file into anonymous memory behind huge pages.
  ///
  /// @throws KindredException `CORRUPT` where it does not fit the rows, or links lead out of it
  static HnswGraph read(SealedFile file, Header header, VectorRows rows, Arena arena) {
    Reader reader = new Reader(file);
    reader.at = HnswLayout.HEADER_BYTES;
    int upperCount = header.layerCounts().length == 0 ? 0 : header.layerCounts()[0];
    MemorySegment ordinals = reader.numbers(upperCount, 0, header.rowCount(), arena);
    List<Layer> upper = new ArrayList<>();
    for (int count : header.layerCounts()) {
      MemorySegment links = reader.numbers((long) count * header.m(), Layer.NONE, count, arena);
      upper.add(new Layer(links, header.m(), ordinals, count));
    }
    int stride = 2 * header.m();
    MemorySegment links =
        reader.numbers((long) header.rowCount() * stride, Layer.NONE, header.rowCount(), arena);
    reader.expectEnd();
    return new HnswGraph(
        Space.of(header.metric(), rows),
        new Layer(links, stride, null, header.rowCount()),
        List.copyOf(upper),
        header.entries());
  }

  static Header header(SealedFile file) {
    MemorySegment bytes = file.payload();
    if (bytes.byteSize() < HnswLayout.HEADER_BYTES) {
      throw corrupt(file, "payload bytes: " + bytes.byteSize(), "a header");
    }
    int metric = bytes.get(Layer.INT, HnswLayout.METRIC_OFFSET);
    int m = bytes.get(Layer.INT, HnswLayout.M_OFFSET);
    int rowCount = bytes.get(Layer.INT, HnswLayout.ROW_COUNT_OFFSET);
    if (metric < 0 || metric >= METRICS.size() || m < 2 || m > 128 || rowCount < 0) {
      throw corrupt(
          file,
          "metric, m, rows: " + metric + ", " + m + ", " + rowCount,
          "0 to 2, 2 to 128, 0 on");
    }
    int[] entries =
        numbers(file, bytes, HnswLayout.ENTRY_COUNT_OFFSET, HnswLayout.ENTRIES_MAX, rowCount);
    int[] layers =
        numbers(file, bytes, HnswLayout.LAYER_COUNT_OFFSET, HnswLayout.LAYERS_MAX, rowCount + 1);
    return new Header(
        METRICS.get(metric),
        bytes.get(Layer.INT, HnswLayout.DIMENSION_OFFSET),
        m,
        bytes.get(Layer.INT, HnswLayout.EF_CONSTRUCTION_OFFSET),
        rowCount,
        bytes.get(Layer.INT, HnswLayout.LINKED_COUNT_OFFSET),
        entries,
        layers,
        calibration(file, bytes));
  }

  private static void put(MemorySegment bytes, Header header) {
    bytes.set(Layer.INT, HnswLayout.METRIC_OFFSET, METRICS.indexOf(header.metric()));
    bytes.set(Layer.INT, HnswLayout.M_OFFSET, header.m());
    bytes.set(Layer.INT, HnswLayout.EF_CONSTRUCTION_OFFSET, header.efConstruction());
    bytes.set(Layer.INT, HnswLayout.ROW_COUNT_OFFSET, header.rowCount());
    bytes.set(Layer.INT, HnswLayout.LINKED_COUNT_OFFSET, header.linkedCount());
    bytes.set(Layer.INT, HnswLayout.DIMENSION_OFFSET, header.dimension());
    putNumbers(bytes, HnswLayout.ENTRY_COUNT_OFFSET, header.entries());
    putNumbers(bytes, HnswLayout.LAYER_COUNT_OFFSET, header.layerCounts());
    List<Calibration.Step> steps = header.calibration().steps();
    bytes.set(Layer.INT, HnswLayout.STEP_COUNT_OFFSET, steps.size());
    bytes.set(Layer.INT, HnswLayout.SAMPLE_COUNT_OFFSET, header.calibration().sampleCount());
    for (int i = 0; i < steps.size(); i++) {
      long at = HnswLayout.STEPS_OFFSET + (long) i * HnswLayout.STEP_BYTES;
      bytes.set(Layer.INT, at, steps.get(i).k());
      bytes.set(Layer.INT, at + 4, steps.get(i).ef());
      bytes.set(HnswLayout.DOUBLE, at + 8, steps.get(i).recall());
    }
  }

  /// A count, followed by as many numbers.
  private static void putNumbers(MemorySegment bytes, long at, int[] numbers) {
    bytes.set(Layer.INT, at, numbers.length);
    MemorySegment.copy(numbers, 0, bytes, Layer.INT, at + Integer.BYTES, numbers.length);
  }

  private static int[] numbers(
      SealedFile file, MemorySegment bytes, long at, int countMax, int end) {
    int count = bytes.get(Layer.INT, at);
    if (count < 0 || count > countMax) {
      throw corrupt(file, "count at " + at + ": " + count, "0 to " + countMax);
    }
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = bytes.get(Layer.INT, at + (i + 1L) * Integer.BYTES);
      if (numbers[i] < 0 || numbers[i] >= end) {
        throw corrupt(file, "number at " + at + ": " + numbers[i], "0 to " + (end - 1));
      }
    }
    return numbers;
  }

  private static Calibration calibration(SealedFile file, MemorySegment bytes) {
    int count = bytes.get(Layer.INT, HnswLayout.STEP_COUNT_OFFSET);
    if (count < 0 || count > HnswLayout.STEPS_MAX) {
      throw corrupt(file, "calibration steps: " + count, "0 to " + HnswLayout.STEPS_MAX);
    }
    List<Calibration.Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = HnswLayout.STEPS_OFFSET + (long) i * HnswLayout.STEP_BYTES;
      steps.add(
          new Calibration.Step(
              bytes.get(Layer.INT, at),
              bytes.get(Layer.INT, at + 4),
              bytes.get(HnswLayout.DOUBLE, at + 8)));
    }
    return new Calibration(
        List.copyOf(steps), bytes.get(Layer.INT, HnswLayout.SAMPLE_COUNT_OFFSET));
  }

  private static KindredException corrupt(SealedFile file, String found, String expected) {
    return KindredException.of(
        ErrorCode.CORRUPT, "file: " + file.path() + " is damaged: " + found, "", expected);
  }

  /// Takes the parts of a payload one after the other. Owned by one thread.
  private static final class Reader {
    private final SealedFile file;
    private final MemorySegment payload;
    private long at;

    Reader(SealedFile file) {
      this.file = file;
      payload = file.payload();
    }

    /// Copies numbers out, each of which must be in `[least, end)`.
    MemorySegment numbers(long count, int least, int end, Arena arena) {
      at = HnswLayout.align(at);
      long bytes = count * Integer.BYTES;
      if (at + bytes > payload.byteSize()) {
        throw corrupt(file, "payload bytes: " + payload.byteSize(), "at least " + (at + bytes));
      }
      MemorySegment copy = NativeMemory.reserve(Math.max(64, bytes), arena);
      NativeMemory.adviseHugePages(copy);
      MemorySegment.copy(payload, at, copy, 0, bytes);
      for (long i = 0; i < count; i++) {
        int number = copy.getAtIndex(Layer.INT, i);
        if (number < least || number >= end) {
          throw corrupt(
              file, "number at " + (at + i * 4) + ": " + number, least + " to " + (end - 1));
        }
      }
      at += bytes;
      return copy;
    }

    void expectEnd() {
      if (at != payload.byteSize()) {
        throw corrupt(file, "payload bytes: " + payload.byteSize(), "" + at);
      }
    }
  }
}
