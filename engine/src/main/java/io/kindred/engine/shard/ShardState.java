package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseFiles;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Checkpoint;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A shard's state as it is on disk. Immutable.
///
/// @param checkpointPosition every record up to here is in files; before the first checkpoint even
///   the creation of the table is not, so that the log keeps all from there on
/// @param nextNumber above the number of every file in the directory
/// @param manifest that names the files, or null before the first checkpoint
/// @param rebuilds what is wrong with files of the base that a fold has to make again
record ShardState(
    ShardView view,
    RememberedChanges remembered,
    long appliedPosition,
    long checkpointPosition,
    long logTimeMillis,
    long checkpointBytes,
    long nextNumber,
    @Nullable ShardManifest manifest,
    List<String> rebuilds) {
  private static final Pattern NUMBERED = Pattern.compile("(?:base|checkpoint)-(\\d{8,}).*");

  /// Opens what the manifest names, or an empty shard where there is none, and deletes other files.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  static ShardState open(Schema schema, ShardOptions options) {
    long nextNumber = nextNumber(options);
    Path manifestFile = ShardManifest.file(options.directory());
    if (!options.disk().exists(manifestFile)) {
      if (options.log().start() > options.createdAt()) {
        throw corrupt(manifestFile, "missing", "the manifest of the shard");
      }
      deleteAllBut(Set::of, options, 0);
      return empty(schema, options, nextNumber);
    }
    ShardManifest manifest = ShardManifest.read(options.disk(), options.directory());
    requireLog(manifest, options);
    deleteAllBut(() -> manifest.files(options.directory()), options, 0);
    return load(manifest, schema, options, nextNumber);
  }

  private static ShardState empty(Schema schema, ShardOptions options, long nextNumber) {
    Delta active = Delta.create(schema, options.capacity(), options.reaper());
    ShardView view = new ShardView(null, null, active);
    active.lifetime().release();
    return new ShardState(
        view,
        RememberedChanges.none(),
        options.createdAt(),
        options.createdAt() - 1,
        0,
        0,
        nextNumber,
        null,
        List.of());
  }

  private static void requireLog(ShardManifest manifest, ShardOptions options) {
    Path file = ShardManifest.file(options.directory());
    if (manifest.logId() != options.log().id()) {
      throw corrupt(
          file,
          "of log %016x".formatted(manifest.logId()),
          "%016x, the log of this store".formatted(options.log().id()));
    }
    if (manifest.appliedPosition() > options.log().lastPosition()) {
      // Its next records would get positions that the shard believes to have.
      throw corrupt(
          file,
          "position " + manifest.appliedPosition(),
          "at most " + options.log().lastPosition() + ", where the log ends");
    }
  }

  private static KindredException corrupt(Path file, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        file
            + ": "
            + found
            + " (expected: "
            + expected
            + "; restore the data directory from a backup)");
  }

  private static ShardState load(
      ShardManifest manifest, Schema schema, ShardOptions options, long nextNumber) {
    List<String> rebuilds = new ArrayList<>();
    Base base =
        manifest.base() == null
            ? null
            : BaseFiles.openWithout(
                options.disk(),
                options.directory(),
                manifest.base(),
                schema,
                options.reaper(),
                e -> rebuilds.add(String.valueOf(e.getMessage())));
    try {
      Path file =
          ShardManifest.Checkpointed.file(options.directory(), manifest.checkpoint().number());
      Checkpoint.Restored restored =
          Checkpoint.restore(
              new Checkpoint.Source(options.disk(), file, manifest.checkpoint().fileId()),
              schema,
              base,
              new Checkpoint.DeltaFactory(options.capacity(), options.reaper()));
      List<Delta> deltas = restored.deltas();
      Delta frozen = deltas.size() == 2 ? deltas.getFirst() : null;
      ShardView view = new ShardView(base, frozen, deltas.getLast());
      deltas.forEach(delta -> delta.lifetime().release());
      return new ShardState(
          view,
          SealedFile.decode(file, () -> RememberedChanges.decode(restored.remembered())),
          manifest.appliedPosition(),
          manifest.appliedPosition(),
          manifest.logTimeMillis(),
          manifest.checkpoint().sizeBytes(),
          nextNumber,
          manifest,
          List.copyOf(rebuilds));
    } finally {
      if (base != null) {
        base.lifetime().release();
      }
    }
  }

  /// Deletes files that nothing holds.
  ///
  /// @param kept what is held; asked after the directory was listed, so that a file that is held
  ///   before it is made is never deleted
  /// @param numberInTheMaking of a base whose files are being written, or 0
  static void deleteAllBut(Supplier<Set<Path>> kept, ShardOptions options, long numberInTheMaking) {
    String inTheMaking =
        BaseManifest.file(options.directory(), numberInTheMaking, "").getFileName().toString();
    List<Path> entries = options.disk().list(options.directory());
    Set<Path> held = kept.get();
    for (Path entry : entries) {
      Path file = options.directory().resolve(entry.getFileName());
      if (!held.contains(file) && !entry.getFileName().toString().startsWith(inTheMaking)) {
        options.disk().delete(file);
      }
    }
  }

  /// Deletes the files of a base that was not completed.
  static void deleteBase(ShardOptions options, long number) {
    String prefix = BaseManifest.file(options.directory(), number, "").getFileName().toString();
    for (Path entry : options.disk().list(options.directory())) {
      if (entry.getFileName().toString().startsWith(prefix)) {
        options.disk().delete(options.directory().resolve(entry.getFileName()));
      }
    }
  }

  /// The manifest as it is after a commit that failed, which may have replaced it and may not; null
  /// where there is none yet. A loss of power leaves no other.
  static @Nullable ShardManifest settled(ShardOptions options) {
    options.disk().syncDirectory(options.directory());
    return options.disk().exists(ShardManifest.file(options.directory()))
        ? ShardManifest.read(options.disk(), options.directory())
        : null;
  }

  private static long nextNumber(ShardOptions options) {
    long largest = 0;
    for (Path name : options.disk().list(options.directory())) {
      Matcher matcher = NUMBERED.matcher(name.getFileName().toString());
      if (matcher.matches()) {
        largest = Math.max(largest, Long.parseLong(matcher.group(1)));
      }
    }
    return largest + 1;
  }
}
