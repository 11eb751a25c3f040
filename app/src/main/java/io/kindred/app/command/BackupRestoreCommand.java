package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.TransferProgress;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.backup.Restore;
import io.kindred.engine.store.StoreReport;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `kindred backup restore`, and `kindred restore`. Filled by the command line, then called once.
@Command(
    name = "restore",
    description = {
      "Makes a new data directory from a backup.",
      "",
      "The directory appears once it is whole and checked as 'kindred verify' does. Files are",
      "gathered beside it, in DIR.restoring; a restore that was interrupted goes on from there",
      "when it is run again. A damaged backup is refused, and nothing is restored.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred restore --backups /mnt/backups --data ./restored",
      "  kindred restore 20260131t235959z-0123abcd --backups /mnt/backups --data ./restored",
      "  kindred restore --backups /mnt/backups --data ./old --table items --as items-old",
      "",
      "Exit status: 0 restored; 1 not; 2 a flag or value is wrong."
    })
final class BackupRestoreCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private PlaceOptions placeOptions = new PlaceOptions();

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Backup. Default: the newest.")
  private @Nullable String id;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Data directory to make; absent or empty.")
  private Path data = Path.of("");

  @Option(names = "--table", paramLabel = "T", description = "Restores this table alone.")
  private @Nullable String table;

  @Option(names = "--as", paramLabel = "NAME", description = "What that table is called then.")
  private @Nullable String newName;

  BackupRestoreCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    common.apply();
    if (newName != null && table == null) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "filled by the parser").commandLine(),
          "--as: " + newName + " (expected: with --table T)");
    }
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    TransferProgress shown = new TransferProgress(err, System::nanoTime);
    try (ObjectStore objects = placeOptions.place().open()) {
      Backups backups = new Backups(objects);
      String chosen = id == null ? backups.newest() : id;
      Restore.Restored restored =
          backups.restore(chosen, new Restore.Target(data, table, newName), shown.progress());
      shown.end();
      long rows =
          restored.report().tables().stream().mapToLong(StoreReport.TableReport::rows).sum();
      out.println(
          "restored "
              + Figures.count(rows, "row")
              + " in "
              + Figures.count(restored.report().tables().size(), "table")
              + " to "
              + data
              + " from "
              + chosen
              + " (position "
              + Figures.count(restored.manifest().position())
              + ") in "
              + Figures.duration(restored.copied().taken())
              + ", "
              + Figures.bytes(restored.copied().bytesCopied())
              + " copied");
    }
    return ExitStatus.OK;
  }
}
