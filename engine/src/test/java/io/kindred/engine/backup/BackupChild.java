package io.kindred.engine.backup;

import io.kindred.engine.store.EmbeddedStore;
import java.nio.file.Path;
import java.util.List;

/// The process that [BackupCrashTest] kills: backs a store up, or restores a backup or a table, and
/// says how many files are there; then it waits to be killed.
final class BackupChild {
  private static int movesBehind;

  private BackupChild() {}

  /// @param arguments what to do, the store's directory, the place, and the files to wait behind
  public static void main(String[] arguments) throws InterruptedException {
    Backups backups = new Backups(new DirectoryObjectStore(Path.of(arguments[2])));
    int filesMax = Integer.parseInt(arguments[3]);
    Progress progress = new Progress(status -> waitBehind(status, filesMax));
    Path data = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "create" -> {
        try (EmbeddedStore store = BackupFixture.open(data)) {
          backups.create(store, List.of(), progress);
        }
      }
      case "restore" -> backups.restore(backups.newest(), Restore.Target.of(data), progress);
      default -> {
        try (EmbeddedStore store = BackupFixture.open(data)) {
          var target = new Backups.IntoStore(store, "items", arguments[0]);
          var _ = backups.restore(backups.newest(), target, progress);
        }
      }
    }
    System.out.println("done");
  }

  private static void waitBehind(Progress.Status status, int filesMax) {
    // The first move says that so many are there; with the second one the next file has begun.
    if (status.filesDone() == filesMax && ++movesBehind == 2) {
      System.out.println("reached");
      System.out.flush();
      try {
        Thread.currentThread().join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
