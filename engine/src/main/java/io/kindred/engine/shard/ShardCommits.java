package io.kindred.engine.shard;

import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Writes states of a shard to files, and lets the manifest name them; numbers the files.
///
/// One thread commits at a time, under the shard's commit lock, so that manifests never go back.
/// The other methods are thread-safe.
final class ShardCommits {
  private final Schema schema;
  private final ShardOptions options;
  private final LiveFiles files;
  private final AtomicLong nextNumber;
  private volatile long position;
  private volatile long checkpointBytes;

  /// Of the base that a fold is writing, or 0.
  private volatile long numberInTheMaking;

  /// Whether the last commit did not succeed, so that files may be there that nothing names.
  private boolean hasFailed;

  ShardCommits(Schema schema, ShardOptions options, ShardState state) {
    this.schema = schema;
    this.options = options;
    files = new LiveFiles(options.directory(), state.manifest());
    nextNumber = new AtomicLong(state.nextNumber());
    position = state.checkpointPosition();
    checkpointBytes = state.checkpointBytes();
  }

  LiveFiles files() {
    return files;
  }

  /// Every record up to here is in files.
  long position() {
    return position;
  }

  /// Size of the last checkpoint.
  long checkpointBytes() {
    return checkpointBytes;
  }

  /// A number for the file of a checkpoint.
  long takeNumber() {
    return nextNumber.getAndIncrement();
  }

  /// Where the checkpoint of a number is.
  Path checkpoint(long number) {
    return ShardManifest.Checkpointed.file(options.directory(), number);
  }

  /// A number for the files of a base; no commit deletes them until [#endBase].
  long beginBase() {
    long number = takeNumber();
    numberInTheMaking = number;
    return number;
  }

  void endBase() {
    numberInTheMaking = 0;
  }

  /// Writes a state and closes it.
  void commit(CapturedState state) {
    long started = System.nanoTime();
    BaseManifest base = state.baseManifest();
    long number = takeNumber();
    BaseManifest.Part written;
    try (state) {
      options.disk().createDirectories(options.directory());
      if (hasFailed) {
        deleteLeftBehind(base);
      }
      hasFailed = true;
      written = state.checkpoint().write(options.disk(), checkpoint(number));
    }
    ShardManifest manifest =
        new ShardManifest(
            options.log().id(),
            state.position(),
            state.logTimeMillis(),
            base,
            new ShardManifest.Checkpointed(number, written.fileId(), written.sizeBytes()));
    // The files must not know of records that the log could still lose with the power.
    options.syncLog().run();
    manifest.write(options.disk(), options.directory());
    files.commit(manifest);
    position = manifest.appliedPosition();
    checkpointBytes = manifest.checkpoint().sizeBytes();
    ShardState.deleteAllBut(files::kept, options, numberInTheMaking);
    hasFailed = false;
    options
        .listener()
        .checkpointed(
            schema.spec().name(),
            manifest.checkpoint().sizeBytes(),
            Duration.ofNanos(System.nanoTime() - started));
  }

  /// Deletes what commits that failed have left.
  ///
  /// @param next base that the next manifest will name
  private void deleteLeftBehind(@Nullable BaseManifest next) {
    ShardManifest settled = ShardState.settled(options);
    if (settled != null) {
      files.commit(settled);
    }
    ShardState.deleteAllBut(() -> files.keptWith(next), options, numberInTheMaking);
  }

  /// Writes the checkpoint of a snapshot, which no manifest of the shard names.
  ShardImage write(ShardSnapshot.Unwritten unwritten) {
    try (CapturedState state = unwritten.state()) {
      options.disk().createDirectories(options.directory());
      BaseManifest.Part written =
          state.checkpoint().write(options.disk(), checkpoint(unwritten.checkpointNumber()));
      return new ShardImage(
          state.position(),
          state.logTimeMillis(),
          unwritten.rowCount(),
          state.baseManifest(),
          unwritten.checkpointNumber(),
          written);
    }
  }
}
