package io.kindred.app.command;

import io.kindred.app.objects.Place;
import io.kindred.app.objects.RemoteBackups;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.TransferProgress;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.backup.Restore;
import io.kindred.engine.store.StoreReport;
import java.io.IOException;
import java.net.URI;
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
      "Makes a new data directory from a backup, or brings one table back into a server.",
      "",
      "The directory appears once it is whole and checked as 'kindred verify' does. Files are",
      "gathered beside it, in DIR.restoring; a restore that was interrupted goes on from there",
      "when it is run again. A damaged backup is refused, and nothing is restored.",
      "",
      "With --url a server restores one table from its own place, under a name that no table of",
      "it has, and goes on serving.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred restore --backups /mnt/backups --data ./restored",
      "  kindred restore 20260131t235959z-0123abcd --backups /mnt/backups --data ./restored",
      "  kindred restore --backups /mnt/backups --data ./old --table items --as items-old",
      "  kindred restore --url http://127.0.0.1:7700 --table items --as items-old",
      "",
      "Exit status: 0 restored; 1 not; 2 a flag or value is wrong."
    })
final class BackupRestoreCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--backups",
      paramLabel = "URL",
      converter = Converters.Places.class,
      description = "Where backups are: a directory, file:///DIR or s3://BUCKET/PREFIX.")
  private @Nullable Place place;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Backup. Default: the newest.")
  private @Nullable String id;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory to make; absent or empty.")
  private @Nullable Path data;

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = Converters.Url.class,
      description = "Server to bring a table back into, instead.")
  private @Nullable URI url;

  @Option(names = "--table", paramLabel = "T", description = "Restores this table alone.")
  private @Nullable String table;

  @Option(names = "--as", paramLabel = "NAME", description = "What that table is called then.")
  private @Nullable String newName;

  BackupRestoreCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    if (newName != null && table == null) {
      throw usage("--as: " + newName + " (expected: with --table T)");
    }
    TransferProgress shown = new TransferProgress(err, System::nanoTime);
    if (url != null) {
      restoreInto(url, shown);
    } else {
      restoreTo(required("--backups URL", place), required("--data DIR", data), shown);
    }
    return ExitStatus.OK;
  }

  private <T> T required(String option, @Nullable T value) {
    if (value == null) {
      String name = option.substring(0, option.indexOf(' '));
      throw usage(name + ": missing (expected: " + option + ")");
    }
    return value;
  }

  private ParameterException usage(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "filled by the parser").commandLine(), message);
  }

  private void restoreInto(URI server, TransferProgress shown)
      throws IOException, InterruptedException {
    if (place != null || data != null) {
      throw usage(
          (place != null ? "--backups" : "--data")
              + ": given (expected: without --url; a server has its own)");
    }
    String name = required("--table T", table);
    String restoredName = newName == null ? name : newName;
    Rehearsal.endsBefore(Rehearsal.Work.CALLS_SERVER);
    try (RemoteBackups remote = new RemoteBackups(server)) {
      RemoteBackups.Restored restored =
          remote.restore(new RemoteBackups.RestoredTable(id, name, restoredName), shown::show);
      shown.end();
      out.println(
          "restored "
              + name
              + (restoredName.equals(name) ? "" : " as " + restoredName)
              + " from "
              + restored.backup()
              + taken(restored.status()));
    }
  }

  private void restoreTo(Place from, Path directory, TransferProgress shown) {
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    try (ObjectStore objects = from.open()) {
      Backups backups = new Backups(objects);
      String chosen = id == null ? backups.newest() : id;
      Restore.Restored restored =
          backups.restore(chosen, new Restore.Target(directory, table, newName), shown.progress());
      shown.end();
      long rows =
          restored.report().tables().stream().mapToLong(StoreReport.TableReport::rows).sum();
      out.println(
          "restored "
              + Figures.count(rows, "row")
              + " in "
              + Figures.count(restored.report().tables().size(), "table")
              + " to "
              + directory
              + " from "
              + chosen
              + " (position "
              + Figures.count(restored.manifest().position())
              + ")"
              + taken(restored.copied()));
    }
  }

  private static String taken(Progress.Status status) {
    return " in %s, %s copied"
        .formatted(Figures.duration(status.taken()), Figures.bytes(status.bytesCopied()));
  }
}
