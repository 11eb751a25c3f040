package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.app.terminal.TransferProgress;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kindred backup drill`. Filled by the command line, then called once.
@Command(
    name = "drill",
    description = {
      "Restores a backup to a scratch directory, checks it, opens it, and deletes it again.",
      "",
      "What a restore would do when it is needed, tried before. Every file is checked as 'kindred",
      "verify' does, and the rows of each table are compared with the backup's count.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred backup drill --backups /mnt/backups --scratch /var/tmp",
      "",
      "Exit status: 0 the backup can be restored; 1 it cannot; 2 a flag or value is wrong."
    })
final class BackupDrillCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private PlaceOptions placeOptions = new PlaceOptions();

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Backup. Default: the newest.")
  private @Nullable String id;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = {
        "Directory to restore below; needs the room of the backup.",
        "Default: the system's directory for temporary files."
      })
  private @Nullable Path scratch;

  BackupDrillCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    TransferProgress shown = new TransferProgress(err, System::nanoTime);
    Path below =
        scratch == null
            ? Files.createTempDirectory("kindred-drill")
            : Files.createTempDirectory(scratch, "kindred-drill");
    try (ObjectStore objects = placeOptions.place().open()) {
      Backups backups = new Backups(objects);
      String chosen = id == null ? backups.newest() : id;
      Backups.Drilled drilled = backups.drill(chosen, below, shown.progress());
      shown.end();
      drilled
          .tables()
          .forEach((table, rows) -> out.println(table + "  " + Figures.count(rows, "row")));
      out.println(
          out.styled(Style.GREEN, "sound  ")
              + chosen
              + " was restored and checked in "
              + Figures.duration(drilled.took()));
    } finally {
      Files.deleteIfExists(below);
    }
    return ExitStatus.OK;
  }
}
