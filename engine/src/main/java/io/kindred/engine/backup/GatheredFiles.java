package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.BackupManifest.BackupFile;
import io.kindred.engine.backup.BackupManifest.BackupShard;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.PacedFile;
import io.kindred.engine.disk.Seal;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.shard.ShardImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings files of a backup to a disk and compares each byte with its seal. One that is there and
/// right, as an earlier run has left it, is not copied again. Owned by one thread.
final class GatheredFiles {
  private static final Logger LOG = LoggerFactory.getLogger(GatheredFiles.class);

  private final ObjectStore objects;
  private final Disk disk;
  private final Progress progress;
  private final ByteBuffer block = ByteBuffer.allocateDirect(Backups.BLOCK_BYTES);

  GatheredFiles(ObjectStore objects, Disk disk, Progress progress) {
    this.objects = objects;
    this.disk = disk;
    this.progress = progress;
  }

  /// A file, and where it belongs.
  record Wanted(Path path, BackupFile file) {
    long sizeBytes() {
      return file.seal().fileBytes();
    }
  }

  /// The files of a shard in its directory.
  static List<Wanted> wanted(Path directory, BackupShard shard) {
    List<Wanted> wanted = new ArrayList<>();
    for (BackupFile file : shard.files()) {
      Path path =
          file.role().equals(ShardImage.CHECKPOINT)
              ? ShardImage.checkpointFile(directory, 1)
              : BaseManifest.file(directory, 1, file.role());
      wanted.add(new Wanted(path, file));
    }
    return wanted;
  }

  static Set<Path> paths(List<Wanted> wanted) {
    Set<Path> paths = new HashSet<>();
    wanted.forEach(one -> paths.add(one.path()));
    return paths;
  }

  /// @param room is told how many bytes are to be written, and throws where there is no room
  /// @throws KindredException `CORRUPT` where an object is damaged, naming it;
  ///   `STORAGE_UNAVAILABLE`
  void gather(List<Wanted> wanted, LongConsumer room) {
    long bytes = wanted.stream().mapToLong(Wanted::sizeBytes).sum();
    progress.begin(Progress.Step.COPYING, wanted.size(), bytes);
    room.accept(wanted.stream().filter(one -> !hasItsSize(one)).mapToLong(Wanted::sizeBytes).sum());
    for (Wanted one : wanted) {
      if (isThere(one)) {
        progress.skipped(one.sizeBytes());
      } else {
        copy(one);
      }
      progress.fileDone();
    }
  }

  private boolean hasItsSize(Wanted wanted) {
    return disk.exists(wanted.path()) && disk.sizeBytes(wanted.path()) == wanted.sizeBytes();
  }

  /// Whether an earlier run has brought the whole file.
  private boolean isThere(Wanted wanted) {
    if (!hasItsSize(wanted)) {
      return false;
    }
    Seal.Check check = new Seal.Check(wanted.path().toString(), wanted.file().seal());
    try (Disk.ReadFile file = disk.open(wanted.path())) {
      long at = 0;
      for (int count = file.read(at, block.clear()); count > 0; ) {
        check.update(block.flip());
        at += count;
        count = file.read(at, block.clear());
      }
      check.finish();
      return true;
    } catch (KindredException e) {
      if (e.code() != ErrorCode.CORRUPT) {
        throw e;
      }
      LOG.warn("copied again: {}", e.getMessage());
      return false;
    }
  }

  private void copy(Wanted wanted) {
    String name = wanted.file().objectName();
    Seal.Check check = new Seal.Check(objects.place() + ": " + name, wanted.file().seal());
    disk.createDirectories(wanted.path().resolveSibling(""));
    try (ObjectStore.ObjectReader reader = objects.open(name);
        PacedFile file = new PacedFile(disk.append(wanted.path(), 0))) {
      while (reader.read(block.clear()) > 0) {
        int count = block.flip().remaining();
        check.update(block);
        file.append(block);
        progress.copied(count);
      }
      check.finish();
      file.sync();
    }
  }
}
