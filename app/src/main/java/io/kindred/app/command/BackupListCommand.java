package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.engine.backup.BackupManifest;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kindred backup list`. Filled by the command line, then called once.
@Command(
    name = "list",
    description = {"Shows the backups of a place, the oldest first.", ""},
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred backup list --backups /mnt/backups",
      "",
      "Exit status: 0 shown; 1 a backup is damaged, or the place cannot be read; 2 a flag or value",
      "is wrong."
    })
final class BackupListCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private PlaceOptions placeOptions = new PlaceOptions();

  BackupListCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    try (ObjectStore objects = placeOptions.place().open()) {
      List<Backups.Listed> listed = new Backups(objects).list();
      if (listed.isEmpty()) {
        out.println("no backups in " + objects.place());
      }
      long damaged = 0;
      for (Backups.Listed one : listed) {
        BackupManifest manifest = one.manifest();
        if (manifest == null) {
          damaged++;
          out.println(one.id() + "  " + out.styled(Style.RED, "damaged  ") + one.problem());
        } else {
          out.println(line(manifest));
        }
      }
      if (damaged > 0) {
        throw new CommandFailure(
            objects.place()
                + ": "
                + Figures.count(damaged, "damaged backup")
                + " (expected: none; delete it, and make another one)");
      }
    }
    return ExitStatus.OK;
  }

  static String line(BackupManifest manifest) {
    return manifest.id()
        + "  position "
        + Figures.count(manifest.position())
        + "  "
        + Figures.count(manifest.rowCount(), "row")
        + "  "
        + Figures.bytes(manifest.sizeBytes())
        + "  "
        + manifest.tables().stream()
            .map(BackupManifest.BackupTable::name)
            .collect(Collectors.joining(", "));
  }
}
