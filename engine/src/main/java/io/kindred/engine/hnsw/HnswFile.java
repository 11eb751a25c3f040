package io.kindred.engine.hnsw;

import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.quantize.ScalarQuantizer;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Writes and reads the payload of an `hnsw` file, as [HnswLayout] says.
final class HnswFile {
  private static final int ROWS_PER_WRITE = 1024;

  /// By code, as the header has it.
  private static final List<Metric> METRICS = List.of(Metric.L2, Metric.DOT, Metric.COSINE);

  private static final List<Quantization> QUANTIZATIONS =
      List.of(Quantization.NONE, Quantization.SQ8, Quantization.SQ4);

  private HnswFile() {}

  /// What the header says. Immutable.
  record Header(
      Metric metric,
      int dimension,
      int m,
      int efConstruction,
      Quantization quantization,
      int rowCount,
      int linkedCount,
      int entryCount,
      float step,
      int partitionCount,
      Calibration calibration,
      long buildMillis) {
    int degree() {
      return 2 * m;
    }
  }

  /// A partition with a graph of its own.
  ///
  /// @param number in the base
  record Partition(int number, int linkedCount, int[] entries) {}

  /// The parts behind the header.
  ///
  /// @param partitions by ascending number
  /// @param partitionLinks of all of them; no row is in two
  record Parts(
      int[] entries, Links links, Codes codes, List<Partition> partitions, Links partitionLinks) {}

  static void write(SealedFile.Writer file, Header header, Parts parts) {
    MemorySegment bytes = MemorySegment.ofArray(new long[HnswLayout.HEADER_BYTES / Long.BYTES]);
    put(bytes, header);
    file.write(bytes);
    file.write(MemorySegment.ofArray(parts.codes().quantizer().mean()));
    file.alignTo(HnswLayout.ALIGNMENT);
    file.write(MemorySegment.ofArray(parts.entries()));
    writeLinks(file, parts.links(), header.degree());
    file.alignTo(HnswLayout.ALIGNMENT);
    Codes codes = parts.codes();
    file.write(codes.factors().asSlice(0, (long) header.rowCount() * Float.BYTES));
    file.alignTo(HnswLayout.ALIGNMENT);
    if (codes.isOwn()) {
      file.write(codes.data().asSlice(0, header.rowCount() * codes.quantizer().strideBytes()));
    }
    if (header.partitionCount() > 0) {
      writePartitions(file, parts.partitions());
      writeLinks(file, parts.partitionLinks(), header.degree());
    }
  }

  private static void writePartitions(SealedFile.Writer file, List<Partition> partitions) {
    int[] table = new int[partitions.size() * HnswLayout.PARTITION_BYTES / Integer.BYTES];
    int at = 0;
    for (Partition partition : partitions) {
      table[at] = partition.number();
      table[at + 1] = partition.linkedCount();
      table[at + 2] = partition.entries().length;
      at += HnswLayout.PARTITION_BYTES / Integer.BYTES;
    }
    file.alignTo(HnswLayout.ALIGNMENT);
    file.write(MemorySegment.ofArray(table));
    file.alignTo(HnswLayout.ALIGNMENT);
    for (Partition partition : partitions) {
      file.write(MemorySegment.ofArray(partition.entries()));
    }
  }

  private static void writeLinks(SealedFile.Writer file, Links links, int degree) {
    file.alignTo(HnswLayout.ALIGNMENT);
    int[] row = new int[links.stride()];
    int[] block = new int[ROWS_PER_WRITE * degree];
    int filled = 0;
    for (int node = 0; node < links.rowCount(); node++) {
      int count = links.read(node, row);
      assert count <= degree : "links are trimmed before they are written";
      for (int i = 0; i < degree; i++) {
        block[filled++] = i < count ? row[i] : Links.NONE;
      }
      if (filled == block.length || node == links.rowCount() - 1) {
        file.write(MemorySegment.ofArray(block).asSlice(0, (long) filled * Integer.BYTES));
        filled = 0;
      }
    }
  }

  /// Copies the graph of a file into anonymous memory behind huge pages.
  ///
  /// @throws KindredException `CORRUPT` where it does not fit the rows, or links lead out of it
  static Parts read(SealedFile file, Header header, VectorRows rows, Arena arena) {
    Reader reader = new Reader(file);
    reader.at = HnswLayout.HEADER_BYTES;
    float[] mean = reader.floats(header.dimension());
    int[] entries = reader.entries(header.entryCount(), header.rowCount());
    Links links = reader.links(header, arena);
    ScalarQuantizer quantizer =
        new ScalarQuantizer(header.metric(), header.quantization(), mean, header.step());
    Codes codes = Codes.reserve(quantizer, rows, header.rowCount(), arena);
    reader.copy(codes.factors(), (long) header.rowCount() * Float.BYTES);
    if (codes.isOwn()) {
      reader.copy(codes.data(), header.rowCount() * quantizer.strideBytes());
    } else {
      reader.at = HnswLayout.align(reader.at);
    }
    List<Partition> partitions = List.of();
    Links partitionLinks = new Links(MemorySegment.NULL, 1, 0);
    if (header.partitionCount() > 0) {
      partitions = reader.partitions(header.partitionCount(), header.rowCount());
      partitionLinks = reader.links(header, arena);
    }
    reader.expectEnd();
    return new Parts(entries, links, codes, partitions, partitionLinks);
  }

  static Header header(SealedFile file) {
    MemorySegment bytes = file.payload();
    if (bytes.byteSize() < HnswLayout.HEADER_BYTES) {
      throw corrupt(file, "payload bytes: " + bytes.byteSize(), "a header");
    }
    int rowCount = number(file, bytes, HnswLayout.ROW_COUNT_OFFSET, 0, Integer.MAX_VALUE);
    int metric = number(file, bytes, HnswLayout.METRIC_OFFSET, 0, METRICS.size() - 1);
    int quantization =
        number(file, bytes, HnswLayout.QUANTIZATION_OFFSET, 0, QUANTIZATIONS.size() - 1);
    float step = bytes.get(HnswLayout.FLOAT, HnswLayout.STEP_OFFSET);
    if (!(step > 0)) {
      throw corrupt(file, "step: " + step, "above 0");
    }
    return new Header(
        METRICS.get(metric),
        number(file, bytes, HnswLayout.DIMENSION_OFFSET, 1, Limits.DIMENSION_MAX),
        number(file, bytes, HnswLayout.M_OFFSET, 2, 128),
        number(file, bytes, HnswLayout.EF_CONSTRUCTION_OFFSET, 1, 4096),
        QUANTIZATIONS.get(quantization),
        rowCount,
        number(file, bytes, HnswLayout.LINKED_COUNT_OFFSET, 0, rowCount),
        number(
            file,
            bytes,
            HnswLayout.ENTRY_COUNT_OFFSET,
            0,
            Math.min(rowCount, HnswLayout.ENTRIES_MAX)),
        step,
        number(file, bytes, HnswLayout.PARTITION_COUNT_OFFSET, 0, rowCount),
        calibration(file, bytes),
        bytes.get(
            java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, HnswLayout.BUILD_MILLIS_OFFSET));
  }

  private static int number(SealedFile file, MemorySegment bytes, long at, int least, int most) {
    int number = bytes.get(Links.INT, at);
    if (number < least || number > most) {
      throw corrupt(file, "number at " + at + ": " + number, least + " to " + most);
    }
    return number;
  }

  private static void put(MemorySegment bytes, Header header) {
    bytes.set(Links.INT, HnswLayout.METRIC_OFFSET, METRICS.indexOf(header.metric()));
    bytes.set(Links.INT, HnswLayout.M_OFFSET, header.m());
    bytes.set(Links.INT, HnswLayout.EF_CONSTRUCTION_OFFSET, header.efConstruction());
    bytes.set(Links.INT, HnswLayout.ROW_COUNT_OFFSET, header.rowCount());
    bytes.set(Links.INT, HnswLayout.LINKED_COUNT_OFFSET, header.linkedCount());
    bytes.set(Links.INT, HnswLayout.DIMENSION_OFFSET, header.dimension());
    bytes.set(
        Links.INT, HnswLayout.QUANTIZATION_OFFSET, QUANTIZATIONS.indexOf(header.quantization()));
    bytes.set(HnswLayout.FLOAT, HnswLayout.STEP_OFFSET, header.step());
    bytes.set(Links.INT, HnswLayout.ENTRY_COUNT_OFFSET, header.entryCount());
    bytes.set(Links.INT, HnswLayout.PARTITION_COUNT_OFFSET, header.partitionCount());
    bytes.set(
        java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED,
        HnswLayout.BUILD_MILLIS_OFFSET,
        header.buildMillis());
    List<Calibration.Step> steps = header.calibration().steps();
    bytes.set(Links.INT, HnswLayout.STEP_COUNT_OFFSET, steps.size());
    bytes.set(Links.INT, HnswLayout.SAMPLE_COUNT_OFFSET, header.calibration().sampleCount());
    for (int i = 0; i < steps.size(); i++) {
      long at = HnswLayout.STEPS_OFFSET + (long) i * HnswLayout.STEP_BYTES;
      bytes.set(Links.INT, at, steps.get(i).k());
      bytes.set(Links.INT, at + 4, steps.get(i).ef());
      bytes.set(HnswLayout.DOUBLE, at + 8, steps.get(i).recall());
    }
  }

  private static Calibration calibration(SealedFile file, MemorySegment bytes) {
    int count = number(file, bytes, HnswLayout.STEP_COUNT_OFFSET, 0, HnswLayout.STEPS_MAX);
    List<Calibration.Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = HnswLayout.STEPS_OFFSET + (long) i * HnswLayout.STEP_BYTES;
      steps.add(
          new Calibration.Step(
              bytes.get(Links.INT, at),
              bytes.get(Links.INT, at + 4),
              bytes.get(HnswLayout.DOUBLE, at + 8)));
    }
    return new Calibration(
        List.copyOf(steps), bytes.get(Links.INT, HnswLayout.SAMPLE_COUNT_OFFSET));
  }

  private static KindredException corrupt(SealedFile file, String found, String expected) {
    return file.damaged(found, expected);
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

    private MemorySegment next(long bytes) {
      at = HnswLayout.align(at);
      return unaligned(bytes);
    }

    private MemorySegment unaligned(long bytes) {
      if (at + bytes > payload.byteSize()) {
        throw corrupt(file, "payload bytes: " + payload.byteSize(), "at least " + (at + bytes));
      }
      MemorySegment part = payload.asSlice(at, bytes);
      at += bytes;
      return part;
    }

    float[] floats(int count) {
      return next((long) count * Float.BYTES).toArray(HnswLayout.FLOAT);
    }

    int[] entries(int count, int end) {
      int[] numbers = next((long) count * Integer.BYTES).toArray(Links.INT);
      for (int number : numbers) {
        requireWithin(number, 0, end);
      }
      return numbers;
    }

    List<Partition> partitions(int count, int rowCount) {
      MemorySegment table = next((long) count * HnswLayout.PARTITION_BYTES);
      List<Partition> partitions = new ArrayList<>();
      int numberMin = 0;
      for (int i = 0; i < count; i++) {
        long entry = (long) i * HnswLayout.PARTITION_BYTES;
        int number = table.get(Links.INT, entry);
        requireWithin(number, numberMin, rowCount);
        numberMin = number + 1;
        int linkedCount = table.get(Links.INT, entry + 4);
        requireWithin(linkedCount, 1, rowCount + 1);
        int entryCount = table.get(Links.INT, entry + 8);
        requireWithin(entryCount, 1, Math.min(linkedCount, HnswLayout.ENTRIES_MAX) + 1);
        int[] entries = new int[entryCount];
        partitions.add(new Partition(number, linkedCount, entries));
      }
      at = HnswLayout.align(at);
      for (Partition partition : partitions) {
        int[] entries = partition.entries();
        MemorySegment part = unaligned((long) entries.length * Integer.BYTES);
        for (int i = 0; i < entries.length; i++) {
          entries[i] = part.getAtIndex(Links.INT, i);
          requireWithin(entries[i], 0, rowCount);
        }
      }
      return List.copyOf(partitions);
    }

    Links links(Header header, Arena arena) {
      long count = (long) header.rowCount() * header.degree();
      MemorySegment part = next(count * Integer.BYTES);
      MemorySegment copy = NativeMemory.reserve(Math.max(64, part.byteSize()), arena);
      NativeMemory.adviseHugePages(copy);
      copy.copyFrom(part);
      for (long i = 0; i < count; i++) {
        requireWithin(copy.getAtIndex(Links.INT, i), Links.NONE, header.rowCount());
      }
      return new Links(copy, header.degree(), header.rowCount());
    }

    void copy(MemorySegment into, long bytes) {
      into.copyFrom(next(bytes));
    }

    private void requireWithin(int number, int least, int end) {
      if (number < least || number >= end) {
        throw corrupt(file, "number before " + at + ": " + number, least + " to " + (end - 1));
      }
    }

    void expectEnd() {
      if (at != payload.byteSize()) {
        throw corrupt(file, "payload bytes: " + payload.byteSize(), "" + at);
      }
    }
  }
}
