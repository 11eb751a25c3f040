package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.catalog.CatalogChange;
import io.kindred.engine.catalog.CatalogOutcome;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.LogBounds;
import io.kindred.engine.shard.ShardFiles;
import io.kindred.engine.shard.ShardImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// A table of an open store in the making, out of files of a backup. Owned by one thread; one at a
/// time.
///
/// The files are gathered in a directory that no table has, and checked there. Then it is given a
/// random name, and one record of the log names it: until that record is there, the next start
/// deletes the directory, and from then on it is the table's, also where a start applies the
/// record. So the table is whole or absent whenever the process ends.
public final class StagedTable {
  private static final String UNFINISHED_PREFIX = "restoring-";

  private final EmbeddedStore store;
  private final StoreFiles files;
  private final TableSpec spec;
  private final Path directory;

  StagedTable(EmbeddedStore store, TableSpec spec, String attempt) {
    this.store = store;
    this.files = store.opener().files();
    this.spec = spec;
    this.directory = files.tables().resolve(UNFINISHED_PREFIX + attempt);
  }

  StagedTable begin(long position) {
    long applied = store.appliedPosition();
    if (position > applied) {
      // A row's version is the position of its last change, and must not fall.
      throw KindredException.of(
          ErrorCode.UNSUPPORTED,
          "position of the backup",
          position,
          "at most %d, where this store's log is; restore it into a new directory"
              .formatted(applied));
    }
    if (store.registry().find(spec.name()) != null) {
      throw KindredException.of(
          ErrorCode.TABLE_EXISTS, "table", spec.name(), "a name that no table has");
    }
    Disk disk = files.disk();
    for (Path name : disk.list(files.tables())) {
      Path other = files.tables().resolve(name.getFileName());
      if (name.getFileName().toString().startsWith(UNFINISHED_PREFIX) && !other.equals(directory)) {
        OpenTable.delete(disk, other);
      }
    }
    return this;
  }

  /// Where the files of a shard belong.
  public Path shard(int number) {
    return StoreFiles.shard(directory, 1, number);
  }

  /// Deletes what an earlier attempt has left, but for some files.
  public void deleteAllBut(Set<Path> kept) {
    OpenTable.deleteAllBut(files.disk(), directory, kept);
  }

  /// Makes sure that there is room for files.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE`
  public void requireRoom(long bytes) {
    store.space().require("restoring table " + spec.name(), bytes);
  }

  /// Checks every file, and makes them a table of the store, as one step.
  ///
  /// @param shards what the files have to be, in order of their numbers
  /// @throws KindredException `CORRUPT`, naming a file that is damaged or does not fit the others;
  ///   `OVERLOADED` where the memory budget has no room for the table; `TABLE_EXISTS` where another
  ///   has its name by now; `STORAGE_UNAVAILABLE`
  public Table commit(List<ShardImage> shards) {
    LogBounds log = store.logBounds();
    long memoryBytes = 0;
    for (int number = 0; number < shards.size(); number++) {
      ShardFiles shard = new ShardFiles(files.disk(), shard(number), new Schema(spec), number, 0);
      memoryBytes += check(shard, shards.get(number), log);
    }
    store.memory().requireRoom(spec, memoryBytes);
    long filesId = SealedFile.newFileId();
    return new EmbeddedTable(store, adopted(filesId).id(), spec);
  }

  /// @return memory that the shard takes once it is open
  private long check(ShardFiles shard, ShardImage image, LogBounds log) {
    image.commit(files.disk(), shard.directory(), log.id());
    List<StoreVerifier.Problem> problems = new ArrayList<>();
    StoreVerifier.verify(shard, log, problems::add);
    if (!problems.isEmpty()) {
      throw new KindredException(ErrorCode.CORRUPT, problems.getFirst().toString());
    }
    ShardFiles.Contents contents = shard.contents();
    if (contents.rows() != image.rowCount()) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "shard %d has %d rows (expected: %d)"
              .formatted(shard.number(), contents.rows(), image.rowCount()));
    }
    shard.forgetOperations();
    // A deletion must not be open when the directory gets another name.
    files.disk().syncDirectory(shard.directory());
    return contents.memory().total();
  }

  private TableEntry adopted(long filesId) {
    Path named = files.restored(filesId);
    try (PreparedTable prepared = orDelete(named, () -> prepared(filesId, named))) {
      CatalogChange adopt = new CatalogChange.AdoptTable(spec, filesId);
      CompletableFuture<CatalogOutcome> begun =
          orDelete(named, () -> store.changes().begin(adopt, DiskSpace.Effect.ADDS, prepared));
      // Where there is no outcome the log may have the record, and the files have to stay.
      CatalogOutcome outcome = CatalogChanges.await(begun);
      return orDelete(named, () -> CatalogChanges.created(outcome));
    }
  }

  private PreparedTable prepared(long filesId, Path named) {
    files.disk().rename(directory, named);
    TableEntry provisional = new TableEntry(0, spec, 0, 0, 1, filesId);
    return new PreparedTable(store.opener().open(provisional, store.logBounds()));
  }

  /// Runs a step; where it fails, the log has no record that names the files.
  private <T> T orDelete(Path named, Supplier<T> step) {
    try {
      return step.get();
    } catch (KindredException e) {
      try {
        OpenTable.delete(files.disk(), named);
      } catch (KindredException notDeleted) {
        e.addSuppressed(notDeleted);
      }
      throw e;
    }
  }

  /// Deletes the files.
  public void delete() {
    OpenTable.delete(files.disk(), directory);
  }
}
