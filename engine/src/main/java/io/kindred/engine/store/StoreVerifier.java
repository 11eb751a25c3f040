package io.kindred.engine.store;

import io.kindred.engine.KindredException;
import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.log.LocalLog;
import io.kindred.engine.shard.LogBounds;
import io.kindred.engine.shard.ShardFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Checks every file of a store that is not open, and whether they fit each other. Changes nothing.
///
/// What a crash may leave is no problem: a torn end of the log, and files that the next start
/// deletes. Owned by one thread, for one check.
public final class StoreVerifier {
  private final StoreFiles files;
  private final Consumer<String> progress;
  private final List<Problem> problems = new ArrayList<>();

  private StoreVerifier(StoreFiles files, Consumer<String> progress) {
    this.files = files;
    this.progress = progress;
  }

  /// What is wrong with a file. Immutable.
  ///
  /// @param file the damaged file; the directory of the log where one of its segments is, which the
  ///   text then names
  public record Problem(Path file, String what) {
    @Override
    public String toString() {
      return what.contains(file.toString()) ? what : file + ": " + what;
    }
  }

  /// Checks the store of a directory, and takes its lock meanwhile.
  ///
  /// @param progress is told what is being checked, a line at a time
  /// @return empty where nothing is wrong
  /// @throws KindredException `INVALID_ARGUMENT` where the directory holds no store,
  ///   `STORAGE_UNAVAILABLE` where the store is open
  public static List<Problem> verify(Path directory, Consumer<String> progress) {
    return verify(directory, new FileDisk(), progress);
  }

  /// As [#verify(Path, Consumer)], on another disk.
  public static List<Problem> verify(Path directory, Disk disk, Consumer<String> progress) {
    StoreFiles files = new StoreFiles(disk, directory);
    try (DirectoryLock _ = new DirectoryLock(files.lock())) {
      StoreVerifier verifier = new StoreVerifier(files, progress);
      verifier.verify();
      return List.copyOf(verifier.problems);
    }
  }

  private void verify() {
    LocalLog.Verified log = verifyLog();
    CatalogFile catalog = verifyCatalog(log);
    if (catalog == null) {
      return;
    }
    long lastPosition = log == null ? Long.MAX_VALUE : log.lastPosition();
    LogBounds bounds = new LogBounds(catalog.logId(), catalog.logStart(), lastPosition);
    for (TableEntry table : catalog.tables()) {
      for (ShardFiles shard : files.shards(table)) {
        progress.accept("table " + table.spec().name() + ", shard " + shard.number());
        verify(shard, bounds, problems::add);
      }
    }
  }

  /// Checks a shard that is not open.
  static void verify(ShardFiles shard, LogBounds bounds, Consumer<Problem> problems) {
    try {
      shard.verify(bounds, (file, what) -> problems.accept(new Problem(file, what)));
    } catch (KindredException e) {
      problems.accept(new Problem(shard.directory(), String.valueOf(e.getMessage())));
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      // Checksums fit, and what a file says leads out of it.
      problems.accept(new Problem(shard.directory(), "content that cannot be followed: " + e));
    }
  }

  private LocalLog.@Nullable Verified verifyLog() {
    progress.accept("log");
    try {
      return LocalLog.verify(files.disk(), files.log());
    } catch (KindredException e) {
      problems.add(new Problem(files.log(), String.valueOf(e.getMessage())));
      return null;
    }
  }

  private @Nullable CatalogFile verifyCatalog(LocalLog.@Nullable Verified log) {
    progress.accept("catalog");
    if (!files.disk().exists(files.catalog())) {
      // A crash during the very first start leaves a log alone, which then holds everything.
      if (log == null || log.oldestPosition() > 1) {
        problems.add(new Problem(files.catalog(), "missing (expected: the catalog of the store)"));
      }
      return null;
    }
    try {
      CatalogFile catalog = CatalogFile.read(files.disk(), files.directory());
      verifyEntries(catalog);
      if (log != null) {
        verifyPositions(catalog, log);
      }
      return catalog;
    } catch (KindredException e) {
      problems.add(new Problem(files.catalog(), String.valueOf(e.getMessage())));
      return null;
    }
  }

  private void verifyEntries(CatalogFile catalog) {
    Set<Object> seen = new HashSet<>();
    for (TableEntry table : catalog.tables()) {
      if (!seen.add(table.spec().name()) || !seen.add(table.id())) {
        inCatalog("table " + table.spec().name() + " with id " + table.id(), "each one once");
      }
      if (table.id() < 1
          || table.revision() < table.id()
          || table.revision() > catalog.appliedPosition()) {
        inCatalog(
            "table "
                + table.spec().name()
                + ": id "
                + table.id()
                + ", revision "
                + table.revision(),
            "positions up to " + catalog.appliedPosition());
      }
    }
  }

  private void verifyPositions(CatalogFile catalog, LocalLog.Verified log) {
    if (catalog.logId() != log.logId()) {
      inCatalog("log %016x".formatted(catalog.logId()), "%016x".formatted(log.logId()));
    }
    if (catalog.logStart() < log.oldestPosition() || catalog.logStart() > log.lastPosition() + 1) {
      inCatalog(
          "log start " + catalog.logStart(),
          log.oldestPosition() + " to " + (log.lastPosition() + 1) + ", which the log holds");
    }
    if (catalog.appliedPosition() > log.lastPosition()) {
      inCatalog(
          "position " + catalog.appliedPosition(), "at most the log's, " + log.lastPosition());
    }
  }

  private void inCatalog(String found, String expected) {
    problems.add(new Problem(files.catalog(), found + " (expected: " + expected + ")"));
  }
}
