package io.kindred.engine.shard;

import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseFiles;
import io.kindred.engine.segment.BaseVerifier;
import io.kindred.engine.segment.Checkpoint;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.DeltaVerifier;
import io.kindred.engine.segment.Findings;
import io.kindred.engine.segment.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of a shard that is not open: looked at and checked, never changed. Immutable.
///
/// @param createdAt log position of the table's creation, before which the shard has no record
public record ShardFiles(Disk disk, Path directory, Schema schema, int number, long createdAt) {
  private static final Delta.Capacity NO_MORE = new Delta.Capacity(1, 1);

  /// What the files hold. Immutable.
  ///
  /// @param rows neither replaced nor deleted; expired ones count
  /// @param dead replaced or deleted, in base and deltas
  /// @param bytes of each part, by its role; the payloads
  /// @param indexParameters by vector field
  /// @param memory what the shard takes once it is open, before rows are linked and filters come
  public record Contents(
      long rows,
      long dead,
      long baseRows,
      long deltaRows,
      long appliedPosition,
      Map<String, Long> bytes,
      Map<String, Map<String, String>> indexParameters,
      MemoryBytes memory) {
    static final Contents EMPTY = new Contents(0, 0, 0, 0, 0, Map.of(), Map.of(), MemoryBytes.NONE);
  }

  /// What the files hold; empty where nothing was written yet.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  public Contents contents() {
    if (!disk.exists(ShardManifest.file(directory))) {
      return Contents.EMPTY;
    }
    ShardManifest manifest = ShardManifest.read(disk, directory);
    try (Opened opened = open(manifest)) {
      return opened.contents(manifest, schema);
    }
  }

  /// Files that the next start deletes, as a crash leaves them.
  public List<Path> leftovers() {
    boolean hasManifest = disk.exists(ShardManifest.file(directory));
    Set<Path> named = hasManifest ? ShardManifest.read(disk, directory).files(directory) : Set.of();
    List<Path> leftovers = new ArrayList<>();
    for (Path entry : disk.list(directory)) {
      Path file = directory.resolve(entry.getFileName());
      if (!named.contains(file)) {
        leftovers.add(file);
      }
    }
    return leftovers;
  }

  /// Checks everything.
  public void verify(LogBounds log, Findings findings) {
    Path manifestFile = ShardManifest.file(directory);
    if (!disk.exists(manifestFile)) {
      if (log.start() > createdAt) {
        findings.add(manifestFile, "missing (expected: the manifest of the shard)");
      }
      return;
    }
    ShardManifest manifest;
    try {
      manifest = ShardManifest.read(disk, directory);
    } catch (KindredException e) {
      findings.add(manifestFile, String.valueOf(e.getMessage()));
      return;
    }
    verifyPosition(manifest, log, findings);
    BaseVerifier.Origin origin =
        new BaseVerifier.Origin(manifest.appliedPosition(), number, schema.spec().shards());
    boolean isWhole =
        manifest.base() == null
            || new BaseVerifier(disk, directory, manifest.base(), schema, findings).verify(origin);
    if (isWhole) {
      verifyCheckpoint(manifest, origin, findings);
    }
  }

  private void verifyPosition(ShardManifest manifest, LogBounds log, Findings findings) {
    Path file = ShardManifest.file(directory);
    if (manifest.logId() != log.id()) {
      findings.add(file, "of log %016x (expected: %016x)".formatted(manifest.logId(), log.id()));
    }
    long applied = manifest.appliedPosition();
    if (applied > log.lastPosition()) {
      findings.add(
          file,
          "position " + applied + " (expected: at most the log's, " + log.lastPosition() + ")");
    }
  }

  private void verifyCheckpoint(
      ShardManifest manifest, BaseVerifier.Origin origin, Findings findings) {
    Path file = ShardManifest.Checkpointed.file(directory, manifest.checkpoint().number());
    try (Opened opened = open(manifest)) {
      String problem = new DeltaVerifier(schema, opened.base(), opened.deltas(), origin).problem();
      if (problem == null) {
        problem = rememberedProblem(opened.remembered(), manifest);
      }
      if (problem != null) {
        findings.add(file, problem);
      }
    } catch (KindredException e) {
      findings.add(file, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String rememberedProblem(
      Checkpoint.Remembered encoded, ShardManifest manifest) {
    try {
      long newest = RememberedChanges.decode(encoded).newestPosition();
      return newest <= manifest.appliedPosition()
          ? null
          : "change at " + newest + " (expected: at most " + manifest.appliedPosition() + ")";
    } catch (RuntimeException e) {
      return "remembered changes: " + e;
    }
  }

  private Opened open(ShardManifest manifest) {
    Base base =
        manifest.base() == null
            ? null
            : BaseFiles.open(disk, directory, manifest.base(), schema, Runnable::run);
    try {
      Path file = ShardManifest.Checkpointed.file(directory, manifest.checkpoint().number());
      Checkpoint.Restored restored =
          Checkpoint.restore(
              new Checkpoint.Source(disk, file, manifest.checkpoint().fileId()),
              schema,
              base,
              new Checkpoint.DeltaFactory(NO_MORE, Runnable::run));
      return new Opened(base, restored.deltas(), restored.remembered());
    } catch (RuntimeException e) {
      if (base != null) {
        base.lifetime().release();
      }
      throw e;
    }
  }

  private record Opened(@Nullable Base base, List<Delta> deltas, Checkpoint.Remembered remembered)
      implements AutoCloseable {
    Contents contents(ShardManifest manifest, Schema schema) {
      long deltaRows = 0;
      long dead = base == null ? 0 : base.deadCount();
      for (Delta delta : deltas) {
        deltaRows += delta.size();
        dead += delta.deadCount();
      }
      long baseRows = base == null ? 0 : base.size();
      Map<String, Long> bytes = new LinkedHashMap<>();
      if (base != null) {
        base.manifest().parts().forEach(part -> bytes.put(part.role(), part.sizeBytes()));
      }
      bytes.put("checkpoint", manifest.checkpoint().sizeBytes());
      return new Contents(
          baseRows + deltaRows - dead,
          dead,
          baseRows,
          deltaRows,
          manifest.appliedPosition(),
          bytes,
          indexParameters(schema),
          memory());
    }

    private MemoryBytes memory() {
      MemoryBytes sum = base == null ? MemoryBytes.NONE : base.memory();
      for (Delta delta : deltas) {
        sum = sum.plus(delta.memory());
      }
      return sum;
    }

    private Map<String, Map<String, String>> indexParameters(Schema schema) {
      Map<String, Map<String, String>> parameters = new LinkedHashMap<>();
      for (int field = 0; base != null && field < schema.vectorCount(); field++) {
        parameters.put(schema.vectorName(field), base.index(field).parameters());
      }
      return parameters;
    }

    @Override
    public void close() {
      if (base != null) {
        base.lifetime().release();
      }
      deltas.forEach(delta -> delta.lifetime().release());
    }
  }
}
