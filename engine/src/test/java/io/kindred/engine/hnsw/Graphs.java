package io.kindred.engine.hnsw;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.Vectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Builds, opens and measures graphs in tests.
public final class Graphs {
  public static final IndexSpec.Hnsw SMALL = new IndexSpec.Hnsw(8, 60);

  private Graphs() {}

  public static HnswIndex build(
      Metric metric, Vectors vectors, Presence presence, Path file, Arena arena)
      throws InterruptedException {
    return build(metric, vectors, presence, SMALL, file, arena);
  }

  /// With graphs of partitions.
  public static HnswIndex build(
      Metric metric,
      Vectors vectors,
      Presence presence,
      List<OrdinalList> partitions,
      Path file,
      Arena arena)
      throws InterruptedException {
    build(input(metric, vectors, presence, SMALL, partitions), file);
    return open(metric, vectors, file, arena);
  }

  public static HnswIndex build(
      Metric metric,
      Vectors vectors,
      Presence presence,
      IndexSpec.Hnsw spec,
      Path file,
      Arena arena)
      throws InterruptedException {
    build(input(metric, vectors, presence, spec), file);
    return open(metric, vectors, file, arena);
  }

  private static void build(HnswBuilder.Input input, Path file) throws InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(2);
        SealedFile.Writer writer = writer(file)) {
      new HnswBuilder(input, executor, 2).build(writer);
      writer.seal();
    }
  }

  public static HnswIndex fold(
      HnswIndex old, MemorySegment oldToNew, Metric metric, Vectors vectors, Path file, Arena arena)
      throws InterruptedException {
    return fold(old, oldToNew, metric, vectors, SMALL, file, arena);
  }

  public static HnswIndex fold(
      HnswIndex old,
      MemorySegment oldToNew,
      Metric metric,
      Vectors vectors,
      IndexSpec.Hnsw spec,
      Path file,
      Arena arena)
      throws InterruptedException {
    fold(old, oldToNew, input(metric, vectors, Presence.ALL, spec), file);
    return open(metric, vectors, file, arena);
  }

  /// With graphs of partitions.
  public static HnswIndex fold(
      HnswIndex old,
      MemorySegment oldToNew,
      Metric metric,
      Vectors vectors,
      List<OrdinalList> partitions,
      Path file,
      Arena arena)
      throws InterruptedException {
    fold(old, oldToNew, input(metric, vectors, Presence.ALL, SMALL, partitions), file);
    return open(metric, vectors, file, arena);
  }

  private static void fold(
      HnswIndex old, MemorySegment oldToNew, HnswBuilder.Input input, Path file)
      throws InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(2);
        SealedFile.Writer writer = writer(file)) {
      new HnswBuilder(input, executor, 2).fold(old, oldToNew, writer);
      writer.seal();
    }
  }

  public static HnswBuilder.Input input(
      Metric metric, Vectors vectors, Presence presence, IndexSpec.Hnsw spec) {
    return input(metric, vectors, presence, spec, List.of());
  }

  static HnswBuilder.Input input(
      Metric metric,
      Vectors vectors,
      Presence presence,
      IndexSpec.Hnsw spec,
      List<OrdinalList> partitions) {
    return new HnswBuilder.Input(
        metric, vectors.rows(), vectors.count(), presence, spec, partitions);
  }

  public static SealedFile.Writer writer(Path file) {
    return SealedFile.create(new FileDisk(), file, HnswIndex.FORMAT);
  }

  public static HnswIndex open(Metric metric, Vectors vectors, Path file, Arena arena) {
    try (Arena whileReading = Arena.ofConfined()) {
      SealedFile sealed = SealedFile.open(new FileDisk(), file, HnswIndex.FORMAT, whileReading);
      sealed.verify();
      return HnswIndex.open(sealed, metric, vectors.rows(), vectors.count(), arena);
    }
  }

  /// Mean recall of the k nearest at a beam width, against exact search.
  public static double recall(
      HnswIndex index, Metric metric, Vectors vectors, Vectors queries, int k, int ef) {
    SearchContext context = new SearchContext();
    TopK top = new TopK();
    FlatScan scan = new FlatScan(metric, vectors.rows());
    int[] ordinals = new int[k];
    float[] distances = new float[k];
    long hits = 0;
    for (int i = 0; i < queries.count(); i++) {
      float[] query = context.begin(metric, queries.get(i), vectors.rows().dimension());
      top.reset(k);
      scan.scan(query, 0, vectors.count(), Pass.ALL, context, top);
      top.drain(ordinals, distances);
      // Kernels differ in the last bits.
      float threshold = distances[k - 1] + 1e-6f * Math.abs(distances[k - 1]);
      top.reset(k);
      index.search(query, ef, Pass.ALL, context, top);
      int found = top.drain(ordinals, distances);
      for (int j = 0; j < found; j++) {
        hits += distances[j] <= threshold ? 1 : 0;
      }
    }
    return (double) hits / ((long) queries.count() * k);
  }
}
