package io.kindred.engine.ivf;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.index.Presence;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Builds and opens indexes of lists in tests.
record Lists(Path directory, Arena arena) {

  /// Points around a few centres.
  VectorRows vectors(int count, int dimension, long seed) {
    Random random = new Random(seed);
    long stride = VectorRows.strideBytes(dimension);
    VectorRows rows = new VectorRows(arena.allocate(count * stride, 64), stride, dimension);
    for (int i = 0; i < count; i++) {
      int centre = random.nextInt(20);
      for (int j = 0; j < dimension; j++) {
        double value = 1.5 * Math.sin((centre + 1) * (j + 1)) + random.nextGaussian();
        rows.data().set(ValueLayout.JAVA_FLOAT, i * stride + j * 4L, (float) value);
      }
    }
    return rows;
  }

  /// Each row several times, one copy of all behind the other.
  VectorRows copies(VectorRows of, int times) {
    long stride = of.strideBytes();
    long bytes = of.data().byteSize();
    MemorySegment copies = arena.allocate(bytes * times, 64);
    for (int i = 0; i < times; i++) {
      copies.asSlice(i * bytes, bytes).copyFrom(of.data());
    }
    return new VectorRows(copies, stride, of.dimension());
  }

  /// Every third row has no vector.
  Presence twoThirds(int count) {
    MemorySegment bits = arena.allocate((count + 7) / 8);
    for (int i = 0; i < count; i++) {
      if (i % 3 != 0) {
        byte before = bits.get(ValueLayout.JAVA_BYTE, i >> 3);
        bits.set(ValueLayout.JAVA_BYTE, i >> 3, (byte) (before | 1 << (i & 7)));
      }
    }
    return new Presence(bits);
  }

  IvfIndex build(IvfBuilder.Input input, IvfBuilder.@Nullable Older older)
      throws InterruptedException {
    Path lists = directory.resolve("lists");
    Path graphFile = directory.resolve("graph");
    IndexSpec.Ivf spec = input.spec();
    try (ExecutorService executor = Executors.newFixedThreadPool(2);
        IvfBuilder builder = new IvfBuilder(input, executor, 2, older)) {
      if (spec instanceof IndexSpec.IvfHnswPq withGraph) {
        try (SealedFile.Writer writer =
            SealedFile.create(new FileDisk(), graphFile, HnswIndex.FORMAT)) {
          builder.writeGraph(writer, withGraph.graph());
          writer.seal();
        }
        builder.useGraph(
            graph(graphFile, input.metric(), builder.centroids(), builder.listCount()));
      }
      try (SealedFile.Writer writer = SealedFile.create(new FileDisk(), lists, IvfFile.FORMAT)) {
        builder.write(writer);
        writer.seal();
      }
    }
    SealedFile sealed = SealedFile.open(new FileDisk(), lists, IvfFile.FORMAT, arena);
    sealed.verify();
    IvfFile file = IvfFile.open(sealed, spec, arena);
    HnswIndex graph =
        spec instanceof IndexSpec.IvfHnswPq
            ? graph(graphFile, input.metric(), file.centroids(), file.listCount())
            : null;
    return file.index(input.metric(), input.rows(), input.rowCount(), graph);
  }

  private HnswIndex graph(Path file, Metric metric, VectorRows centroids, int count) {
    SealedFile sealed = SealedFile.open(new FileDisk(), file, HnswIndex.FORMAT, arena);
    return HnswIndex.open(sealed, IvfFile.centroidMetric(metric), centroids, count, arena);
  }
}
