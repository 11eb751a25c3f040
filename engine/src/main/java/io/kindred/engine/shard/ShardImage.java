package io.kindred.engine.shard;

import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.BaseManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A shard at one log position, as files that never change: its manifest without the log that the
/// position belongs to. Immutable.
///
/// @param appliedPosition every record of the shard up to here is in the files, and none behind
/// @param logTimeMillis time of that record
/// @param rowCount rows neither replaced nor deleted; expired ones count
/// @param base null where no row is in a base
/// @param checkpointNumber part of the checkpoint's file name
/// @param checkpoint what the base does not hold
public record ShardImage(
    long appliedPosition,
    long logTimeMillis,
    long rowCount,
    @Nullable BaseManifest base,
    long checkpointNumber,
    BaseManifest.Part checkpoint) {
  /// The role of a checkpoint among the files.
  public static final String CHECKPOINT = "checkpoint";

  /// One of the files.
  public record NamedFile(Path path, BaseManifest.Part part) {}

  static ShardImage of(ShardManifest manifest, long rowCount) {
    return new ShardImage(
        manifest.appliedPosition(),
        manifest.logTimeMillis(),
        rowCount,
        manifest.base(),
        manifest.checkpoint().number(),
        new BaseManifest.Part(
            CHECKPOINT, manifest.checkpoint().fileId(), manifest.checkpoint().sizeBytes()));
  }

  /// All files, within the shard's directory.
  public List<NamedFile> files(Path directory) {
    List<NamedFile> files = new ArrayList<>();
    if (base != null) {
      for (BaseManifest.Part part : base.parts()) {
        files.add(new NamedFile(BaseManifest.file(directory, base.number(), part.role()), part));
      }
    }
    files.add(new NamedFile(checkpointFile(directory, checkpointNumber), checkpoint));
    return files;
  }

  /// Where a checkpoint lies.
  public static Path checkpointFile(Path directory, long number) {
    return ShardManifest.Checkpointed.file(directory, number);
  }

  /// Makes the files of a directory count, as those of a log.
  public void commit(Disk disk, Path directory, long logId) {
    new ShardManifest(
            logId,
            appliedPosition,
            logTimeMillis,
            base,
            new ShardManifest.Checkpointed(
                checkpointNumber, checkpoint.fileId(), checkpoint.sizeBytes()))
        .write(disk, directory);
  }
}
