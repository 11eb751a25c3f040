package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.app.terminal.TransferProgress;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred backup verify`. Filled by the command line, then called once.
@Command(
    name = "verify",
    description = {
      "Reads every byte of a backup and compares every checksum.",
      "",
      "Changes nothing. 'kindred backup drill' looks into the rows as well.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred backup verify --backups /mnt/backups",
      "",
      "Exit status: 0 nothing is wrong; 1 a file is damaged or missing, or the place cannot be",
      "read; 2 a flag or value is wrong."
    })
final class BackupVerifyCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private PlaceOptions placeOptions = new PlaceOptions();

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Backup. Default: the newest.")
  private @Nullable String id;

  BackupVerifyCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    TransferProgress shown = new TransferProgress(err, System::nanoTime);
    try (ObjectStore objects = placeOptions.place().open()) {
      Backups backups = new Backups(objects);
      String chosen = id == null ? backups.newest() : id;
      List<String> problems = backups.verify(chosen, shown.progress());
      shown.end();
      for (String problem : problems) {
        out.println(out.styled(Style.RED, "damaged  ") + problem);
      }
      if (problems.isEmpty()) {
        out.println(out.styled(Style.GREEN, "sound  ") + chosen);
        return ExitStatus.OK;
      }
      throw new CommandFailure(
          "backup "
              + chosen
              + ": "
              + Figures.count(problems.size(), "problem")
              + " (expected: none; delete the objects that are named, and the next backup of a store"
              + " that still has the files copies them again)");
    }
  }
}
