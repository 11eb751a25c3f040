package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred backup delete`. Filled by the command line, then called once.
@Command(
    name = "delete",
    description = {
      "Deletes a backup, and then the files that no other backup of the place needs.",
      "",
      "Refused while a backup is made there.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred backup delete 20260131t235959z-0123abcd --backups /mnt/backups",
      "",
      "Exit status: 0 deleted; 1 not; 2 a flag or value is wrong."
    })
final class BackupDeleteCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private PlaceOptions placeOptions = new PlaceOptions();

  @Parameters(paramLabel = "ID", description = "Backup, as the list shows it.")
  private String id = "";

  BackupDeleteCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    try (ObjectStore objects = placeOptions.place().open()) {
      Backups.Deleted deleted = new Backups(objects).delete(id);
      out.println(
          "deleted "
              + id
              + " and "
              + Figures.count(deleted.filesDeleted(), "file")
              + " of "
              + Figures.bytes(deleted.bytesDeleted())
              + " that no other backup needs");
    }
    return ExitStatus.OK;
  }
}
