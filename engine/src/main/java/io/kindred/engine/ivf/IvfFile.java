package io.kindred.engine.ivf;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes and reads the payload of an `ivf` file, as [IvfLayout] says.
public final class IvfFile {
  public static final SealedFile.Format FORMAT =
      new SealedFile.Format(IvfLayout.NAME, IvfLayout.VERSION);

  /// By code, as the header has it.
  private static final List<Metric> METRICS = List.of(Metric.L2, Metric.DOT, Metric.COSINE);

  private static final List<IvfHeader.Kind> KINDS = List.of(IvfHeader.Kind.values());

  private final SealedFile file;
  private final MemorySegment payload;
  private final Arena arena;
  private final IvfHeader header;
  private final int blockCount;
  private final ListData data;
  private long at = IvfLayout.HEADER_BYTES;

  private IvfFile(SealedFile file, Arena arena) {
    this.file = file;
    this.arena = arena;
    payload = file.payload();
    if (payload.byteSize() < IvfLayout.HEADER_BYTES) {
      throw corrupt("payload bytes: " + payload.byteSize(), "a header");
    }
    header = header();
    blockCount = number(IvfLayout.BLOCK_COUNT_OFFSET, "blocks", 0, Integer.MAX_VALUE / 32);
    data = data();
    if (at != payload.byteSize()) {
      throw corrupt("payload bytes: " + payload.byteSize(), "" + at);
    }
  }

  /// Opens the lists of a file: they are copied into anonymous memory behind huge pages, so the
  /// file may be closed afterwards.
  ///
  /// @param spec what the table's field asks for
  /// @param arena holds the lists
  /// @throws KindredException `CORRUPT` where the file is damaged or is of another index
  public static IvfFile open(SealedFile file, IndexSpec.Ivf spec, Arena arena) {
    IvfFile lists = new IvfFile(file, arena);
    IvfHeader.Kind kind = IvfHeader.Kind.of(spec);
    if (lists.header.kind() != kind) {
      throw lists.corrupt("kind: " + lists.header.kind().label(), kind.label());
    }
    return lists;
  }

  /// The centroids, over which the graph of an index is that has one.
  public VectorRows centroids() {
    return data.centroids();
  }

  public int listCount() {
    return data.listCount();
  }

  /// The metric of a graph over the centroids of rows that are compared by a metric.
  public static Metric centroidMetric(Metric metric) {
    return IvfSpace.metric(metric);
  }

  /// The index over the rows that the lists were built over.
  ///
  /// @param graph over the centroids, of an index that has one
  /// @throws KindredException `CORRUPT` where the lists were built over other rows
  public IvfIndex index(Metric metric, VectorRows rows, int rowCount, @Nullable VectorIndex graph) {
    if (header.metric() != metric
        || header.rowCount() != rowCount
        || header.dimension() != rows.dimension()) {
      throw corrupt(
          header.metric() + ", " + header.rowCount() + " rows × " + header.dimension(),
          metric + ", " + rowCount + " rows × " + rows.dimension());
    }
    Coarse all = new ListCoarse(metric, data.centroids(), data.listCount(), arena);
    Coarse coarse =
        graph == null
            ? all
            : new GraphCoarse(metric, graph, data.centroids(), data.listCount(), all);
    return new IvfIndex(header, data, coarse, rows);
  }

  private IvfHeader header() {
    int metric = number(IvfLayout.METRIC_OFFSET, "metric", 0, METRICS.size() - 1);
    int kind = number(IvfLayout.KIND_OFFSET, "kind", 0, KINDS.size() - 1);
    int dimension = number(IvfLayout.DIMENSION_OFFSET, "dimension", 1, 1 << 16);
    int components = number(IvfLayout.COMPONENTS_OFFSET, "components", 1, dimension);
    int rowCount = number(IvfLayout.ROW_COUNT_OFFSET, "rows", 1, Integer.MAX_VALUE);
    return new IvfHeader(
        KINDS.get(kind),
        METRICS.get(metric),
        dimension,
        components,
        rowCount,
        number(IvfLayout.LINKED_COUNT_OFFSET, "rows in lists", 1, rowCount),
        number(IvfLayout.LIST_COUNT_OFFSET, "lists", 1, IndexSpec.Ivf.LISTS_MAX),
        number(IvfLayout.TRAINED_ROWS_OFFSET, "trained rows", 1, Integer.MAX_VALUE),
        payload.get(IvfLayout.DOUBLE, IvfLayout.TRAINED_IMBALANCE_OFFSET),
        calibration());
  }

  private IvfCalibration calibration() {
    int refineCount = number(IvfLayout.REFINE_COUNT_OFFSET, "refines", 0, IvfLayout.REFINES_MAX);
    List<IvfCalibration.Refine> refines = new ArrayList<>();
    for (int i = 0; i < refineCount; i++) {
      int from = IvfLayout.REFINES_OFFSET + i * IvfLayout.REFINE_BYTES;
      refines.add(
          new IvfCalibration.Refine(
              number(from, "k", 1, 1 << 20), number(from + 4, "candidates", 1, 1 << 20)));
    }
    int stepCount = number(IvfLayout.STEP_COUNT_OFFSET, "steps", 0, IvfLayout.STEPS_MAX);
    List<IvfCalibration.Step> steps = new ArrayList<>();
    for (int i = 0; i < stepCount; i++) {
      int from = IvfLayout.STEPS_OFFSET + i * IvfLayout.STEP_BYTES;
      steps.add(
          new IvfCalibration.Step(
              number(from, "k", 1, 1 << 20),
              number(from + 4, "lists", 1, IndexSpec.Ivf.LISTS_MAX),
              payload.get(IvfLayout.DOUBLE, from + 8L)));
    }
    return new IvfCalibration(
        List.copyOf(steps),
        List.copyOf(refines),
        number(IvfLayout.SAMPLE_COUNT_OFFSET, "queries", 0, Integer.MAX_VALUE));
  }

  private ListData data() {
    float[] parameters = new float[header.parameterCount()];
    MemorySegment codecPart = take(parameters.length * (long) Float.BYTES);
    MemorySegment.copy(codecPart, ListData.FLOAT, 0, parameters, 0, parameters.length);
    ListCodec codec = header.codec(parameters);
    int listCount = header.listCount();
    long stride = VectorRows.strideBytes(header.dimension());
    VectorRows centroids = new VectorRows(copy(listCount * stride), stride, header.dimension());
    MemorySegment starts = copy((listCount + 1L) * Integer.BYTES);
    requireStarts(starts, listCount);
    long places = (long) blockCount * CodeBlocks.ROWS;
    MemorySegment ordinals = copy(places * Integer.BYTES);
    requireOrdinals(ordinals, places);
    MemorySegment terms = copy(places * Float.BYTES);
    MemorySegment codes = copy(blockCount * codec.blockBytes());
    return new ListData(centroids, listCount, codec, starts, ordinals, terms, codes);
  }

  private void requireStarts(MemorySegment starts, int listCount) {
    int before = 0;
    for (int list = 0; list <= listCount; list++) {
      int start = starts.getAtIndex(ListData.INT, list);
      boolean isEdge = list == 0 || list == listCount;
      int edge = list == 0 ? 0 : blockCount;
      if (start < before || start > blockCount || (isEdge && start != edge)) {
        throw corrupt("start of list " + list + ": " + start, before + " to " + blockCount);
      }
      before = start;
    }
  }

  private void requireOrdinals(MemorySegment ordinals, long places) {
    for (long place = 0; place < places; place++) {
      int ordinal = ordinals.getAtIndex(ListData.INT, place);
      if (ordinal < ListData.NONE || ordinal >= header.rowCount()) {
        throw corrupt("row at place " + place + ": " + ordinal, "-1 to " + (header.rowCount() - 1));
      }
    }
  }

  /// The next part of the payload.
  private MemorySegment take(long bytes) {
    at = IvfLayout.align(at);
    if (at + bytes > payload.byteSize()) {
      throw corrupt("payload bytes: " + payload.byteSize(), "at least " + (at + bytes));
    }
    MemorySegment part = payload.asSlice(at, bytes);
    at += bytes;
    return part;
  }

  private MemorySegment copy(long bytes) {
    MemorySegment part = take(bytes);
    MemorySegment copy = NativeMemory.reserve(Math.max(IvfLayout.ALIGNMENT, bytes), arena);
    NativeMemory.adviseHugePages(copy);
    MemorySegment.copy(part, 0, copy, 0, bytes);
    return copy;
  }

  private int number(long offset, String what, int least, int most) {
    int number = payload.get(ListData.INT, offset);
    if (number < least || number > most) {
      throw corrupt(what + ": " + number, least + " to " + most);
    }
    return number;
  }

  private KindredException corrupt(String found, String expected) {
    return file.damaged(found, expected);
  }

  /// Writes a payload; the caller seals the file.
  static void write(SealedFile.Writer file, IvfHeader header, ListData data) {
    MemorySegment bytes = MemorySegment.ofArray(new long[IvfLayout.HEADER_BYTES / Long.BYTES]);
    put(bytes, header, data.blockCount());
    file.write(bytes);
    writePart(file, MemorySegment.ofArray(data.codec().parameters()));
    VectorRows centroids = data.centroids();
    writePart(file, centroids.data().asSlice(0, data.listCount() * centroids.strideBytes()));
    writePart(file, data.starts().asSlice(0, (data.listCount() + 1L) * Integer.BYTES));
    long places = (long) data.blockCount() * CodeBlocks.ROWS;
    writePart(file, data.ordinals().asSlice(0, places * Integer.BYTES));
    writePart(file, data.terms().asSlice(0, places * Float.BYTES));
    writePart(file, data.codes().asSlice(0, data.blockCount() * data.codec().blockBytes()));
  }

  private static void writePart(SealedFile.Writer file, MemorySegment part) {
    file.alignTo(IvfLayout.ALIGNMENT);
    file.write(part);
  }

  private static void put(MemorySegment bytes, IvfHeader header, int blockCount) {
    bytes.set(ListData.INT, IvfLayout.KIND_OFFSET, KINDS.indexOf(header.kind()));
    bytes.set(ListData.INT, IvfLayout.METRIC_OFFSET, METRICS.indexOf(header.metric()));
    bytes.set(ListData.INT, IvfLayout.DIMENSION_OFFSET, header.dimension());
    bytes.set(ListData.INT, IvfLayout.COMPONENTS_OFFSET, header.components());
    bytes.set(ListData.INT, IvfLayout.ROW_COUNT_OFFSET, header.rowCount());
    bytes.set(ListData.INT, IvfLayout.LINKED_COUNT_OFFSET, header.linkedCount());
    bytes.set(ListData.INT, IvfLayout.LIST_COUNT_OFFSET, header.listCount());
    bytes.set(ListData.INT, IvfLayout.BLOCK_COUNT_OFFSET, blockCount);
    bytes.set(ListData.INT, IvfLayout.TRAINED_ROWS_OFFSET, header.trainedRows());
    bytes.set(IvfLayout.DOUBLE, IvfLayout.TRAINED_IMBALANCE_OFFSET, header.trainedImbalance());
    IvfCalibration calibration = header.calibration();
    bytes.set(ListData.INT, IvfLayout.SAMPLE_COUNT_OFFSET, calibration.sampleCount());
    List<IvfCalibration.Refine> refines = calibration.refines();
    bytes.set(ListData.INT, IvfLayout.REFINE_COUNT_OFFSET, refines.size());
    for (int i = 0; i < refines.size(); i++) {
      long to = IvfLayout.REFINES_OFFSET + (long) i * IvfLayout.REFINE_BYTES;
      bytes.set(ListData.INT, to, refines.get(i).k());
      bytes.set(ListData.INT, to + 4, refines.get(i).count());
    }
    List<IvfCalibration.Step> steps = calibration.steps();
    bytes.set(ListData.INT, IvfLayout.STEP_COUNT_OFFSET, steps.size());
    for (int i = 0; i < steps.size(); i++) {
      long to = IvfLayout.STEPS_OFFSET + (long) i * IvfLayout.STEP_BYTES;
      bytes.set(ListData.INT, to, steps.get(i).k());
      bytes.set(ListData.INT, to + 4, steps.get(i).probes());
      bytes.set(IvfLayout.DOUBLE, to + 8, steps.get(i).recall());
    }
  }
}
