package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.BaseFiles;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Checkpoint;
import io.kindred.engine.segment.Schema;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Reads the files of an open shard and checks each for itself. Owned by one thread.
///
/// A file that the disk does not give is named like a damaged one, as it may be missing.
final class ShardScrub {
  private final Schema schema;
  private final ShardOptions options;
  private final @Nullable ShardManifest manifest;
  private final @Nullable BaseManifest base;
  private final LongConsumer pace;

  /// @param pace is told the bytes of each piece that was read; it may wait, or throw to end it
  ShardScrub(Schema schema, ShardOptions options, ShardManifest manifest, LongConsumer pace) {
    this(schema, options, manifest, manifest.base(), pace);
  }

  /// For the rows of a base that no manifest need name as yet.
  ShardScrub(Schema schema, ShardOptions options, BaseManifest base, LongConsumer pace) {
    this(schema, options, null, base, pace);
  }

  private ShardScrub(
      Schema schema,
      ShardOptions options,
      @Nullable ShardManifest manifest,
      @Nullable BaseManifest base,
      LongConsumer pace) {
    this.schema = schema;
    this.options = options;
    this.manifest = manifest;
    this.base = base;
    this.pace = pace;
  }

  /// What is wrong with the manifest's file or the checkpoint, or null.
  @Nullable String checkCommit() {
    if (manifest == null) {
      return null;
    }
    Path directory = options.directory();
    ShardManifest.Checkpointed expected = manifest.checkpoint();
    try {
      SealedFile.check(options.disk(), ShardManifest.file(directory), ShardManifest.FORMAT, pace);
      Path file = ShardManifest.Checkpointed.file(directory, expected.number());
      SealedFile.Format format = Checkpoint.formatOf(options.disk(), file);
      SealedFile.Checked found = SealedFile.check(options.disk(), file, format, pace);
      return found.fileId() == expected.fileId()
          ? null
          : file + ": another file's id (expected: the id that the manifest names)";
    } catch (KindredException e) {
      return whatIsWrong(
          e,
          ShardManifest.file(directory),
          ShardManifest.Checkpointed.file(directory, expected.number()));
    }
  }

  /// Checks all files of the base.
  ///
  /// @param damaged is told the role of each that is damaged, and what is wrong
  void checkBase(BiConsumer<String, String> damaged) {
    checkRows(damaged);
    if (base != null) {
      base.parts().stream()
          .filter(part -> BaseManifest.isDerived(part.role()))
          .forEach(part -> check(base, part, damaged));
    }
  }

  /// Checks the files of the base that cannot be made again.
  void checkRows(BiConsumer<String, String> damaged) {
    if (base != null) {
      base.parts().stream()
          .filter(part -> !BaseManifest.isDerived(part.role()))
          .forEach(part -> check(base, part, damaged));
    }
  }

  private void check(BaseManifest of, BaseManifest.Part part, BiConsumer<String, String> damaged) {
    try {
      BaseFiles.check(options.disk(), options.directory(), schema, of, part, pace);
    } catch (KindredException e) {
      String what =
          whatIsWrong(e, BaseManifest.file(options.directory(), of.number(), part.role()));
      damaged.accept(part.role(), what);
    }
  }

  /// @throws KindredException the one given, where it is the disk that fails and not the file
  private String whatIsWrong(KindredException e, Path... files) {
    if (e.code() != ErrorCode.CORRUPT && Arrays.stream(files).allMatch(options.disk()::exists)) {
      throw e;
    }
    return String.valueOf(e.getMessage());
  }
}
