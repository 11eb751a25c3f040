package io.kindred.engine.segment;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.HnswIndex;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/// Opens a base with its indexes. Immutable.
public final class BaseFiles {
  private BaseFiles() {}

  /// Maps the files that the manifest names.
  ///
  /// @param reaper unmaps them, off the request path, after the last lease
  /// @throws io.kindred.engine.KindredException `CORRUPT`, naming the file
  public static Base open(
      Disk disk, Path directory, BaseManifest manifest, Schema schema, Executor reaper) {
    Base base = Base.open(disk, directory, manifest, schema, reaper);
    try {
      for (int field = 0; field < schema.vectorCount(); field++) {
        VectorSpec vector = schema.vectorSpec(field);
        switch (vector.index()) {
          case IndexSpec.Flat _ -> base.setIndex(field, BaseIndexes.flat(base, field, schema));
          case IndexSpec.Hnsw _ -> {
            Path path = BaseManifest.file(directory, manifest.number(), BaseManifest.index(field));
            base.setIndex(field, openHnsw(disk, path, base, field, vector));
          }
        }
      }
      return base;
    } catch (RuntimeException e) {
      base.lifetime().release();
      throw e;
    }
  }

  static HnswIndex openHnsw(Disk disk, Path path, Base base, int field, VectorSpec vector) {
    try (Arena whileReading = Arena.ofShared()) {
      SealedFile file = SealedFile.open(disk, path, HnswIndex.FORMAT, whileReading);
      return HnswIndex.open(file, vector.metric(), base.vectors(field), base.size(), base.arena());
    }
  }
}
