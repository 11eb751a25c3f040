package io.kindred.engine.ivf;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.hnsw.HnswBuilder;
import io.kindred.engine.index.Crew;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.quantize.KMeans;
import io.kindred.engine.quantize.Points;
import io.kindred.engine.quantize.Workers;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.PackedColumns;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Builds the lists of a base and writes them into a file: finds the centroids, puts each row into
/// the list of the nearest, and writes its code.
///
/// Centroids and codec of an older index are used again while they fit: then only rows that are new
/// are compared with centroids, the others keep their list and their code. They no longer fit where
/// the rows became twice as many as they were found for, or half, or where the lists became much
/// more unequal.
///
/// Owned by one thread, which works too and whose interruption ends the build; the calls follow
/// each other in the order in which they stand here. Memory is that of the lists, and a few bytes
/// for each row; vectors are read from the rows.
public final class IvfBuilder implements AutoCloseable {
  private static final int ITERATIONS = 10;
  private static final long SEED = 42;

  /// Points of the training for each list.
  private static final int SAMPLE_PER_LIST = 64;

  /// Floats of one iteration of the training, in bytes.
  private static final long BATCH_BYTES_MAX = 1L << 30;

  /// Vectors from which a codec is made, and their floats. Ranges take more of them: beyond a
  /// range, codes say nothing.
  private static final int PARTS_SAMPLE_MAX = 16_384;

  private static final int RANGES_SAMPLE_MAX = 131_072;
  private static final int CODEC_FLOATS_MAX = 16 << 20;

  /// Rows that are put into lists between two checks, and counted in an array.
  private static final int BATCH = 1 << 18;

  /// From so many lists on, a graph finds the nearest faster than comparing all.
  private static final int GRAPH_LISTS_MIN = 16_384;

  private static final double GROWTH_MAX = 2;
  private static final double IMBALANCE_GROWTH_MAX = 1.5;

  private final Input input;
  private final Executor executor;
  private final int threads;
  private final Workers workers;
  private final Points points;
  private final int linkedCount;
  private final Arena arena = Arena.ofShared();
  private Trained trained;
  private @Nullable VectorIndex graph;

  /// What is indexed. Immutable.
  ///
  /// @param rowCount ordinals `[0, rowCount)` are
  /// @param presence which of them have a vector
  public record Input(
      Metric metric, VectorRows rows, int rowCount, Presence presence, IndexSpec.Ivf spec) {}

  /// An index of an older base, and where its rows are now. Immutable.
  ///
  /// @param oldToNew the ordinal here of each ordinal there, int32, negative where the row or its
  ///   vector is gone or changed
  public record Older(IvfIndex index, MemorySegment oldToNew) {}

  /// What rows are put into lists by. Immutable.
  ///
  /// @param older where it comes from, and the codes that can be kept; or null
  private record Trained(
      VectorRows centroids, int listCount, ListCodec codec, int rows, @Nullable Older older) {}

  /// Finds the centroids and makes the codec, or takes them from the older index.
  ///
  /// @param executor runs the other workers
  /// @param threads workers, the calling thread included
  /// @param older what may be used again, or null
  /// @throws InterruptedException where the calling thread is interrupted
  public IvfBuilder(Input input, Executor executor, int threads, @Nullable Older older)
      throws InterruptedException {
    this.input = input;
    this.executor = executor;
    this.threads = Math.max(1, threads);
    workers = new CrewWorkers(executor, this.threads);
    points = IvfSpace.points(input.metric(), input.rows());
    linkedCount = input.presence().count(input.rowCount());
    try {
      trained = older != null && fits(older.index()) ? reuse(older) : train();
    } catch (InterruptedException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private record CrewWorkers(Crew<Integer> crew) implements Workers {
    CrewWorkers(Executor executor, int threads) {
      this(new Crew<>(executor, IntStream.range(0, threads).boxed().toList()));
    }

    @Override
    public int count() {
      return crew.workers().size();
    }

    @Override
    public void run(int itemCount, Task task) throws InterruptedException {
      crew.run(itemCount, task::run);
    }
  }

  private boolean fits(IvfIndex older) {
    IvfHeader header = older.header();
    int lists = input.spec().lists();
    return header.kind() == IvfHeader.Kind.of(input.spec())
        && header.components() == components()
        && (lists == 0 || lists == header.listCount())
        && linkedCount <= GROWTH_MAX * header.trainedRows()
        && linkedCount >= header.trainedRows() / GROWTH_MAX
        && older.data().imbalance() <= IMBALANCE_GROWTH_MAX * header.trainedImbalance();
  }

  private int components() {
    return IvfPlan.components(input.spec(), input.rows().dimension());
  }

  private Trained reuse(Older older) {
    IvfHeader header = older.index().header();
    ListData data = older.index().data();
    return new Trained(
        data.centroids(), data.listCount(), data.codec(), header.trainedRows(), older);
  }

  private Trained train() throws InterruptedException {
    int listCount = IvfPlan.listCount(input.spec(), linkedCount);
    int[] sample = sample((long) SAMPLE_PER_LIST * listCount);
    KMeans.Settings settings = new KMeans.Settings(listCount, ITERATIONS, SEED, BATCH_BYTES_MAX);
    VectorRows centroids = KMeans.train(points, sample, settings, workers, arena);
    boolean isFlat = IvfHeader.Kind.of(input.spec()) == IvfHeader.Kind.FLAT;
    int dimension = points.dimension();
    int sampleMax = isFlat ? RANGES_SAMPLE_MAX : PARTS_SAMPLE_MAX;
    int[] few = sample(Math.min(sampleMax, CODEC_FLOATS_MAX / dimension));
    float[] residuals = residuals(few, centroids, listCount);
    ListCodec codec =
        isFlat
            ? ByteCodec.train(residuals, dimension)
            : NibbleCodec.train(residuals, dimension, components(), workers);
    return new Trained(centroids, listCount, codec, linkedCount, null);
  }

  /// Rows that have a vector, spread over all, ascending.
  private int[] sample(long wanted) {
    int count = (int) Math.min(linkedCount, wanted);
    int[] sample = new int[count];
    long seen = 0;
    int taken = 0;
    for (int ordinal = 0; ordinal < input.rowCount() && taken < count; ordinal++) {
      if (input.presence().has(ordinal)) {
        // The places at which a line of slope count / linkedCount takes a step.
        if (seen * count / linkedCount >= taken) {
          sample[taken++] = ordinal;
        }
        seen++;
      }
    }
    assert taken == count : taken;
    return sample;
  }

  /// The differences of some rows from their centroids, one after the other.
  private float[] residuals(int[] sample, VectorRows centroids, int listCount)
      throws InterruptedException {
    int dimension = points.dimension();
    int[] lists = new int[sample.length];
    try (Arena whilePacked = Arena.ofShared()) {
      nearest(centroids, listCount, whilePacked).find(sample, lists);
    }
    float[] residuals = new float[sample.length * dimension];
    float[] centroid = new float[dimension];
    for (int i = 0; i < sample.length; i++) {
      points.copy(sample[i], residuals, i * dimension);
      centroids.copyTo(lists[i], centroid);
      for (int j = 0; j < dimension; j++) {
        residuals[i * dimension + j] -= centroid[j];
      }
    }
    return residuals;
  }

  private KMeans.Nearest nearest(VectorRows centroids, int listCount, Arena whilePacked) {
    MemorySegment packed =
        NativeMemory.reserve(PackedColumns.sizeBytes(listCount, points.dimension()), whilePacked);
    PackedColumns columns =
        PackedColumns.pack(centroids, listCount, PackedColumns.Nearness.DISTANCE, packed);
    return new KMeans.Nearest(points, columns, workers);
  }

  /// Writes the graph over the centroids, of an index that has one. The caller seals the file,
  /// opens it over [#centroids] and gives it to [#useGraph].
  ///
  /// @throws InterruptedException where the calling thread is interrupted
  public void writeGraph(SealedFile.Writer file, IndexSpec.Hnsw spec) throws InterruptedException {
    HnswBuilder.Input over =
        new HnswBuilder.Input(
            IvfSpace.metric(input.metric()),
            trained.centroids(),
            trained.listCount(),
            Presence.ALL,
            spec,
            List.of());
    new HnswBuilder(over, executor, threads).build(file);
  }

  /// The centroids; they live until the builder is closed.
  public VectorRows centroids() {
    return trained.centroids();
  }

  public int listCount() {
    return trained.listCount();
  }

  public void useGraph(VectorIndex graph) {
    this.graph = graph;
  }

  /// Puts the rows into lists, measures, and writes the file's payload. The caller seals the file.
  ///
  /// @throws InterruptedException where the calling thread is interrupted
  public void write(SealedFile.Writer file) throws InterruptedException {
    long rowBytes = Math.max(1, input.rowCount()) * (long) Integer.BYTES;
    MemorySegment lists = NativeMemory.reserve(rowBytes, arena);
    MemorySegment oldPlaces = NativeMemory.reserve(rowBytes, arena);
    for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
      lists.setAtIndex(ListData.INT, ordinal, ListData.NONE);
      oldPlaces.setAtIndex(ListData.INT, ordinal, ListData.NONE);
    }
    Older older = trained.older();
    if (older != null) {
      carryPlaces(older, lists, oldPlaces);
    }
    Coarse coarse = coarse();
    assignRows(coarse, lists);
    ListData data = layOut(lists);
    Crew<ListEncoder> crew = new Crew<>(executor, encoders(data, oldPlaces));
    crew.run(data.listCount(), ListEncoder::encode);
    write(file, data, coarse, lists);
  }

  private static void carryPlaces(Older older, MemorySegment lists, MemorySegment oldPlaces) {
    ListData data = older.index().data();
    for (int list = 0; list < data.listCount(); list++) {
      int end = data.endBlock(list) * CodeBlocks.ROWS;
      for (int place = data.firstBlock(list) * CodeBlocks.ROWS; place < end; place++) {
        int old = data.ordinal(place);
        int ordinal = old < 0 ? old : older.oldToNew().getAtIndex(ListData.INT, old);
        if (ordinal >= 0) {
          lists.setAtIndex(ListData.INT, ordinal, list);
          oldPlaces.setAtIndex(ListData.INT, ordinal, place);
        }
      }
    }
  }

  private Coarse coarse() {
    Coarse all = new ListCoarse(input.metric(), trained.centroids(), trained.listCount(), arena);
    VectorIndex over = graph;
    return over == null
        ? all
        : new GraphCoarse(input.metric(), over, trained.centroids(), trained.listCount(), all);
  }

  private void assignRows(Coarse coarse, MemorySegment lists) throws InterruptedException {
    // A graph by the inner product leads to other centroids than the nearest.
    boolean walks =
        graph != null && input.metric() != Metric.DOT && trained.listCount() >= GRAPH_LISTS_MIN;
    try (Arena whilePacked = Arena.ofShared()) {
      ListFinder finder =
          walks
              ? new WalkingFinder(coarse)
              : nearest(trained.centroids(), trained.listCount(), whilePacked)::find;
      int[] batch = new int[Math.min(BATCH, linkedCount)];
      int[] found = new int[batch.length];
      int count = 0;
      for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
        if (input.presence().has(ordinal)
            && lists.getAtIndex(ListData.INT, ordinal) == ListData.NONE) {
          batch[count++] = ordinal;
        }
        if (count == batch.length || (ordinal == input.rowCount() - 1 && count > 0)) {
          int[] full = count == batch.length ? batch : java.util.Arrays.copyOf(batch, count);
          finder.find(full, found);
          for (int i = 0; i < count; i++) {
            lists.setAtIndex(ListData.INT, full[i], found[i]);
          }
          count = 0;
        }
      }
    }
  }

  /// Finds the lists of rows.
  private interface ListFinder {
    void find(int[] ordinals, int[] lists) throws InterruptedException;
  }

  /// Walks a graph over the centroids for each row. Owned by one thread.
  private final class WalkingFinder implements ListFinder {
    private final Coarse coarse;
    private final IvfScratch[] scratches = new IvfScratch[workers.count()];
    private final float[][] vectors = new float[workers.count()][points.dimension()];

    WalkingFinder(Coarse coarse) {
      this.coarse = coarse;
      for (int i = 0; i < scratches.length; i++) {
        scratches[i] = new IvfScratch();
      }
    }

    @Override
    public void find(int[] ordinals, int[] lists) throws InterruptedException {
      workers.run(
          ordinals.length,
          (worker, i) -> {
            points.copy(ordinals[i], vectors[worker], 0);
            int found = coarse.findNearest(vectors[worker], 1, scratches[worker]);
            assert found == 1 : found;
            lists[i] = scratches[worker].lists[0];
          });
    }
  }

  /// Gives each row a place in its list, in the order of ordinals.
  private ListData layOut(MemorySegment lists) {
    int listCount = trained.listCount();
    int[] sizes = new int[listCount];
    for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
      int list = lists.getAtIndex(ListData.INT, ordinal);
      if (list >= 0) {
        sizes[list]++;
      }
    }
    MemorySegment starts = NativeMemory.reserve((listCount + 1L) * Integer.BYTES, arena);
    int[] next = new int[listCount];
    int blocks = 0;
    for (int list = 0; list < listCount; list++) {
      starts.setAtIndex(ListData.INT, list, blocks);
      next[list] = blocks * CodeBlocks.ROWS;
      blocks += CodeBlocks.blocks(sizes[list]);
    }
    starts.setAtIndex(ListData.INT, listCount, blocks);
    int places = Math.multiplyExact(blocks, CodeBlocks.ROWS);
    MemorySegment ordinals = NativeMemory.reserve((long) places * Integer.BYTES, arena);
    MemorySegment terms = NativeMemory.reserve((long) places * Float.BYTES, arena);
    MemorySegment codes = NativeMemory.reserve(blocks * trained.codec().blockBytes(), arena);
    NativeMemory.adviseHugePages(codes);
    for (int place = 0; place < places; place++) {
      ordinals.setAtIndex(ListData.INT, place, ListData.NONE);
      terms.setAtIndex(ListData.FLOAT, place, Float.POSITIVE_INFINITY);
    }
    for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
      int list = lists.getAtIndex(ListData.INT, ordinal);
      if (list >= 0) {
        ordinals.setAtIndex(ListData.INT, next[list]++, ordinal);
      }
    }
    return new ListData(
        trained.centroids(), listCount, trained.codec(), starts, ordinals, terms, codes);
  }

  private List<ListEncoder> encoders(ListData data, MemorySegment oldPlaces) {
    Older older = trained.older();
    ListData kept = older == null ? null : older.index().data();
    List<ListEncoder> encoders = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      encoders.add(new ListEncoder(points, input.metric(), data, kept, oldPlaces));
    }
    return List.copyOf(encoders);
  }

  private void write(SealedFile.Writer file, ListData data, Coarse coarse, MemorySegment lists)
      throws InterruptedException {
    Older older = trained.older();
    double imbalance = older == null ? data.imbalance() : older.index().header().trainedImbalance();
    IvfHeader header =
        new IvfHeader(
            IvfHeader.Kind.of(input.spec()),
            input.metric(),
            points.dimension(),
            components(),
            input.rowCount(),
            linkedCount,
            data.listCount(),
            trained.rows(),
            imbalance,
            IvfCalibration.NONE);
    IvfCalibration calibration =
        calibrate(new IvfIndex(header, data, coarse, input.rows()), coarse, lists);
    IvfFile.write(file, header.with(calibration), data);
  }

  private IvfCalibration calibrate(IvfIndex index, Coarse coarse, MemorySegment lists)
      throws InterruptedException {
    IvfCalibrator.Space space =
        new IvfCalibrator.Space(
            input.metric(), input.rows(), input.rowCount(), input.presence(), lists);
    List<IvfCalibrator> calibrators = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      calibrators.add(new IvfCalibrator(space, index, coarse));
    }
    int samples = IvfCalibrator.sampleCount(linkedCount, points.dimension());
    new Crew<>(executor, List.copyOf(calibrators))
        .run(
            IvfCalibrator.groupCount(samples),
            (calibrator, group) -> calibrator.measure(group, samples));
    return IvfCalibrator.combine(calibrators);
  }

  @Override
  public void close() {
    arena.close();
  }
}
