package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.ivf.IvfFile;
import io.kindred.engine.ivf.IvfIndex;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Opens a base with its indexes. Immutable.
public final class BaseFiles {
  private BaseFiles() {}

  /// Maps the files that the manifest names, and reads its indexes.
  ///
  /// @param reaper unmaps them, off the request path, after the last lease
  /// @throws io.kindred.engine.KindredException `CORRUPT`, naming the file
  public static Base open(
      Disk disk, Path directory, BaseManifest manifest, Schema schema, Executor reaper) {
    return open(
        disk,
        directory,
        manifest,
        schema,
        reaper,
        e -> {
          throw e;
        });
  }

  /// As [#open(Disk, Path, BaseManifest, Schema, Executor)], but does without what can be made
  /// again from the rows: an index whose file is damaged or missing is replaced by an exact search,
  /// and partitions by none.
  ///
  /// @param damaged is told of each such file
  public static Base openWithout(
      Disk disk,
      Path directory,
      BaseManifest manifest,
      Schema schema,
      Executor reaper,
      Consumer<KindredException> damaged) {
    return open(disk, directory, manifest, schema, reaper, damaged);
  }

  private static Base open(
      Disk disk,
      Path directory,
      BaseManifest manifest,
      Schema schema,
      Executor reaper,
      Consumer<KindredException> damaged) {
    Base base = Base.open(disk, directory, manifest, schema, reaper);
    try {
      if (manifest.has(BaseManifest.PARTITIONS)) {
        try {
          base.setPartitions(openPartitions(disk, directory, base, schema));
        } catch (KindredException e) {
          doWithout(e, damaged);
        }
      }
      for (int field = 0; field < schema.vectorCount(); field++) {
        try {
          openIndex(disk, directory, base, schema, field);
        } catch (KindredException e) {
          doWithout(e, damaged);
          base.setIndex(field, BaseIndexes.flat(base, field, schema));
        }
      }
      return base;
    } catch (RuntimeException e) {
      base.lifetime().release();
      throw e;
    }
  }

  private static void doWithout(KindredException e, Consumer<KindredException> damaged) {
    if (e.code() != ErrorCode.CORRUPT && e.code() != ErrorCode.STORAGE_UNAVAILABLE) {
      throw e;
    }
    damaged.accept(e);
  }

  private static void openIndex(Disk disk, Path directory, Base base, Schema schema, int field) {
    BaseManifest manifest = base.manifest();
    VectorSpec vector = schema.vectorSpec(field);
    switch (vector.index()) {
      case IndexSpec.Flat _ -> base.setIndex(field, BaseIndexes.flat(base, field, schema));
      case IndexSpec.Hnsw _ -> {
        BaseManifest.Part part = requirePart(directory, manifest, BaseManifest.index(field));
        Path path = BaseManifest.file(directory, manifest.number(), part.role());
        base.setIndex(field, openHnsw(disk, path, base, new IndexPart(field, vector, part)));
      }
      case IndexSpec.Ivf spec -> {
        // A base with too few rows for lists has none.
        if (manifest.has(BaseManifest.index(field))) {
          IndexPart lists =
              new IndexPart(
                  field, vector, requirePart(directory, manifest, BaseManifest.index(field)));
          BaseManifest.Part graph =
              spec instanceof IndexSpec.IvfHnswPq
                  ? requirePart(directory, manifest, BaseManifest.indexCentroids(field))
                  : null;
          base.setIndex(field, openIvf(disk, directory, base, lists, graph));
        } else {
          base.setIndex(field, BaseIndexes.withoutLists(base, field, schema, spec));
        }
      }
    }
  }

  /// The partitions that the manifest names.
  private static Partitions openPartitions(Disk disk, Path directory, Base base, Schema schema) {
    BaseManifest.Part part = requirePart(directory, base.manifest(), BaseManifest.PARTITIONS);
    Path path = BaseManifest.file(directory, base.manifest().number(), part.role());
    return openPartitions(disk, path, base, schema, part);
  }

  static Partitions openPartitions(
      Disk disk, Path path, Base base, Schema schema, BaseManifest.Part part) {
    SealedFile file = SealedFile.open(disk, path, Partitions.FORMAT, base.arena());
    requireSame(file, part);
    file.verify();
    return SealedFile.decode(path, () -> openPartitions(path, base, schema, file));
  }

  private static Partitions openPartitions(Path path, Base base, Schema schema, SealedFile file) {
    Partitions partitions = Partitions.open(base, schema, schema.partitionField(), file.payload());
    if (partitions == null) {
      throw corrupt(path, "lengths that do not fit each other", "lists of the base's rows");
    }
    return partitions;
  }

  /// The index of a field, and the file that it should be in.
  record IndexPart(int field, VectorSpec vector, BaseManifest.Part part) {}

  static HnswIndex openHnsw(Disk disk, Path path, Base base, IndexPart index) {
    try (Arena whileReading = Arena.ofShared()) {
      SealedFile file = SealedFile.open(disk, path, HnswIndex.FORMAT, whileReading);
      requireSame(file, index.part());
      // All of it is read anyway.
      file.verify();
      return HnswIndex.open(
          file, index.vector().metric(), base.vectors(index.field()), base.size(), base.arena());
    }
  }

  /// @param graph over the centroids, of an index that has one
  static IvfIndex openIvf(
      Disk disk, Path directory, Base base, IndexPart lists, BaseManifest.@Nullable Part graph) {
    long number = base.manifest().number();
    IndexSpec.Ivf spec = (IndexSpec.Ivf) lists.vector().index();
    Metric metric = lists.vector().metric();
    try (Arena whileReading = Arena.ofShared()) {
      Path path = BaseManifest.file(directory, number, lists.part().role());
      SealedFile file = SealedFile.open(disk, path, IvfFile.FORMAT, whileReading);
      requireSame(file, lists.part());
      file.verify();
      IvfFile opened = IvfFile.open(file, spec, base.arena());
      HnswIndex overCentroids = null;
      if (graph != null) {
        Path graphPath = BaseManifest.file(directory, number, graph.role());
        SealedFile graphFile = SealedFile.open(disk, graphPath, HnswIndex.FORMAT, whileReading);
        requireSame(graphFile, graph);
        graphFile.verify();
        overCentroids =
            HnswIndex.open(
                graphFile,
                IvfFile.centroidMetric(metric),
                opened.centroids(),
                opened.listCount(),
                base.arena());
      }
      return opened.index(metric, base.vectors(lists.field()), base.size(), overCentroids);
    }
  }

  /// The part of a role, which the manifest must name.
  static BaseManifest.Part requirePart(Path directory, BaseManifest manifest, String role) {
    return manifest.parts().stream()
        .filter(part -> part.role().equals(role))
        .findFirst()
        .orElseThrow(
            () ->
                corrupt(
                    BaseManifest.file(directory, manifest.number(), role),
                    "not in the manifest",
                    "every part of the base"));
  }

  /// Compares a file with what the manifest says of it.
  static void requireSame(SealedFile file, BaseManifest.Part part) {
    requireSame(file.path(), new SealedFile.Checked(file.fileId(), file.payloadBytes()), part);
  }

  static void requireSame(Path path, SealedFile.Checked file, BaseManifest.Part part) {
    if (file.fileId() != part.fileId()) {
      throw corrupt(path, "another file's id", "the id that the manifest names");
    }
    if (file.payloadBytes() != part.sizeBytes()) {
      throw corrupt(path, file.payloadBytes() + " bytes", part.sizeBytes() + " bytes");
    }
  }

  /// Reads a file of a base in pieces and checks all of it.
  ///
  /// @param pace is told the bytes of each piece; it may wait, or throw to end it
  /// @throws KindredException `CORRUPT`, naming the file
  public static void check(
      Disk disk,
      Path directory,
      Schema schema,
      BaseManifest base,
      BaseManifest.Part part,
      LongConsumer pace) {
    Path path = BaseManifest.file(directory, base.number(), part.role());
    SealedFile.Format format = BaseVerifier.format(schema, part.role());
    if (format == null) {
      throw corrupt(path, "role " + part.role(), "one that the table's bases have");
    }
    requireSame(path, SealedFile.check(disk, path, format, pace), part);
  }

  static KindredException corrupt(Path file, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        file + ": " + found + " (expected: " + expected + "; restore the file from a backup)");
  }
}
