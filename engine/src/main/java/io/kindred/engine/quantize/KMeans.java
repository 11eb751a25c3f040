package io.kindred.engine.quantize;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.vector.PackedColumns;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Clusters points around centroids by the Euclidean distance (Lloyd, "Least squares quantization
/// in PCM", 1982), the nearest centroids found by matrix multiplication.
///
/// Where the points would take more memory than a bound, each iteration takes others of them, and a
/// centroid moves by the share that the new ones have of all that it has met (Sculley, "Web-scale
/// k-means clustering", WWW 2010). A centroid that nobody is near to takes half of the largest
/// cluster. The outcome depends on the points and the seed only, not on the threads.
///
/// Owned by one thread, for one training.
public final class KMeans {
  /// Points of one multiplication.
  private static final int BLOCK = 128;

  private static final float SPLIT = 1f / 1024;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final Points points;
  private final int[] sample;
  private final Settings settings;
  private final Workers workers;
  private final VectorRows centroids;
  private final long[] weights;

  /// How to train. Immutable.
  ///
  /// @param batchBytesMax floats of the points of one iteration, in bytes
  public record Settings(int clusters, int iterations, long seed, long batchBytesMax) {}

  private KMeans(
      Points points, int[] sample, Settings settings, Workers workers, VectorRows centroids) {
    this.points = points;
    this.sample = sample;
    this.settings = settings;
    this.workers = workers;
    this.centroids = centroids;
    weights = new long[settings.clusters()];
  }

  /// Finds centroids.
  ///
  /// @param sample which points to cluster, ascending; at least as many as clusters
  /// @param arena holds the centroids
  /// @throws InterruptedException where the calling thread is interrupted
  public static VectorRows train(
      Points points, int[] sample, Settings settings, Workers workers, Arena arena)
      throws InterruptedException {
    assert sample.length >= settings.clusters() : sample.length;
    long stride = VectorRows.strideBytes(points.dimension());
    MemorySegment memory = NativeMemory.reserve(settings.clusters() * stride, arena);
    VectorRows centroids = new VectorRows(memory, stride, points.dimension());
    KMeans training = new KMeans(points, sample, settings, workers, centroids);
    training.run();
    return centroids;
  }

  private void run() throws InterruptedException {
    chooseFirst();
    long pointBytes = (long) points.dimension() * Float.BYTES;
    long batchMax = Math.max(settings.clusters(), settings.batchBytesMax() / pointBytes);
    int batches = (int) ((sample.length + batchMax - 1) / batchMax);
    try (Arena arena = Arena.ofShared()) {
      long packedBytes = PackedColumns.sizeBytes(settings.clusters(), points.dimension());
      MemorySegment packed = NativeMemory.reserve(packedBytes, arena);
      for (int i = 0; i < settings.iterations(); i++) {
        int[] batch = batches == 1 ? sample : everyOther(i % batches, batches);
        if (batches == 1) {
          Arrays.fill(weights, 0);
        }
        iterate(batch, packed);
      }
    }
  }

  /// Centroids begin at points picked at random.
  private void chooseFirst() {
    SplittableRandom random = new SplittableRandom(settings.seed());
    int[] picks = sample.clone();
    float[] point = new float[points.dimension()];
    for (int i = 0; i < settings.clusters(); i++) {
      int other = random.nextInt(i, picks.length);
      int pick = picks[other];
      picks[other] = picks[i];
      picks[i] = pick;
      points.copy(pick, point, 0);
      put(i, point);
    }
  }

  private int[] everyOther(int first, int step) {
    int[] batch = new int[(sample.length - first + step - 1) / step];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = sample[first + i * step];
    }
    return batch;
  }

  private void iterate(int[] batch, MemorySegment packed) throws InterruptedException {
    PackedColumns columns =
        PackedColumns.pack(centroids, settings.clusters(), PackedColumns.Nearness.DISTANCE, packed);
    int[] assigned = new int[batch.length];
    Nearest nearest = new Nearest(points, columns, workers);
    nearest.find(batch, assigned);
    int[] starts = new int[settings.clusters() + 1];
    int[] members = byCluster(batch, assigned, starts);
    float[][] sums = new float[workers.count()][2 * points.dimension()];
    workers.run(
        settings.clusters(),
        (worker, cluster) ->
            move(cluster, members, starts[cluster], starts[cluster + 1], sums[worker]));
    splitLargest();
  }

  private static int[] byCluster(int[] batch, int[] assigned, int[] starts) {
    for (int cluster : assigned) {
      starts[cluster + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] next = starts.clone();
    int[] members = new int[batch.length];
    for (int i = 0; i < batch.length; i++) {
      members[next[assigned[i]]++] = batch[i];
    }
    return members;
  }

  /// Moves a centroid to the mean of its members, and of what it stood for before.
  ///
  /// @param scratch room for two points
  private void move(int cluster, int[] members, int from, int to, float[] scratch) {
    if (from == to) {
      return;
    }
    int dimension = points.dimension();
    float weight = weights[cluster];
    for (int j = 0; j < dimension; j++) {
      scratch[j] = weight == 0 ? 0 : weight * get(cluster, j);
    }
    for (int i = from; i < to; i++) {
      points.copy(members[i], scratch, dimension);
      for (int j = 0; j < dimension; j++) {
        scratch[j] += scratch[dimension + j];
      }
    }
    weights[cluster] += to - from;
    float share = 1f / weights[cluster];
    for (int j = 0; j < dimension; j++) {
      scratch[j] *= share;
    }
    put(cluster, scratch);
  }

  private void splitLargest() {
    float[] centroid = new float[points.dimension()];
    for (int empty = 0; empty < weights.length; empty++) {
      if (weights[empty] > 0) {
        continue;
      }
      int largest = 0;
      for (int i = 1; i < weights.length; i++) {
        largest = weights[i] > weights[largest] ? i : largest;
      }
      if (weights[largest] < 2) {
        return;
      }
      centroids.copyTo(largest, centroid);
      nudge(centroid, SPLIT);
      put(empty, centroid);
      centroids.copyTo(largest, centroid);
      nudge(centroid, -SPLIT);
      put(largest, centroid);
      weights[empty] = weights[largest] / 2;
      weights[largest] -= weights[empty];
    }
  }

  /// Scales even components up and odd ones down, or the other way.
  private static void nudge(float[] centroid, float by) {
    for (int j = 0; j < centroid.length; j++) {
      centroid[j] *= j % 2 == 0 ? 1 + by : 1 - by;
    }
  }

  private float get(int cluster, int component) {
    return centroids
        .data()
        .get(FLOAT, cluster * centroids.strideBytes() + (long) component * Float.BYTES);
  }

  private void put(int cluster, float[] centroid) {
    MemorySegment.copy(
        centroid,
        0,
        centroids.data(),
        FLOAT,
        cluster * centroids.strideBytes(),
        points.dimension());
  }

  /// Finds the nearest column of many points, by several threads. Owned by one thread.
  public static final class Nearest {
    private final Points points;
    private final PackedColumns columns;
    private final Workers workers;
    private final PackedColumns.Block[] blocks;

    public Nearest(Points points, PackedColumns columns, Workers workers) {
      this.points = points;
      this.columns = columns;
      this.workers = workers;
      blocks = new PackedColumns.Block[workers.count()];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = new PackedColumns.Block(BLOCK, points.dimension());
      }
    }

    /// Sets `assigned[i]` to the column nearest to the point `batch[i]`.
    ///
    /// @throws InterruptedException where the calling thread is interrupted
    public void find(int[] batch, int[] assigned) throws InterruptedException {
      int items = (batch.length + BLOCK - 1) / BLOCK;
      workers.run(
          items,
          (worker, item) -> {
            int from = item * BLOCK;
            int count = Math.min(BLOCK, batch.length - from);
            PackedColumns.Block block = blocks[worker];
            for (int i = 0; i < count; i++) {
              points.copy(batch[from + i], block.points(), i * points.dimension());
            }
            columns.findNearest(block, count);
            for (int i = 0; i < count; i++) {
              assigned[from + i] = block.nearest(i);
            }
          });
    }
  }
}
