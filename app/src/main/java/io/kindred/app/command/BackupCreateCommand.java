package io.kindred.app.command;

import io.kindred.app.objects.Place;
import io.kindred.app.objects.RemoteBackups;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.TransferProgress;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.store.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kindred backup create`. Filled by the command line, then called once.
@Command(
    name = "create",
    description = {
      "Backs up all tables, or those that are named, as of one position of the log.",
      "",
      "A server makes its backup where its own --backups says, and goes on serving. With --data, a",
      "data directory that no server has open is backed up to --backups.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred backup create",
      "  kindred backup create --url http://127.0.0.1:7800 --table items",
      "  kindred backup create --data ./data --backups /mnt/backups",
      "",
      "Exit status: 0 there is a new backup; 1 there is none; 2 a flag or value is wrong."
    })
final class BackupCreateCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private TablesOptions tablesOptions = new TablesOptions();

  @Option(
      names = "--backups",
      paramLabel = "URL",
      converter = Converters.Places.class,
      description = "With --data: a directory, file:///DIR or s3://BUCKET/PREFIX.")
  private @Nullable Place place;

  @Option(
      names = "--table",
      paramLabel = "T",
      description = "Table to back up; may be given again. Default: all.")
  private List<String> tables = List.of();

  BackupCreateCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    Path data = tablesOptions.data();
    TransferProgress shown = new TransferProgress(err, System::nanoTime);
    if (data == null) {
      if (place != null) {
        throw usage("--backups: given (expected: with --data; a server has its own)");
      }
      Rehearsal.endsBefore(Rehearsal.Work.CALLS_SERVER);
      try (RemoteBackups server = new RemoteBackups(tablesOptions.url())) {
        RemoteBackups.Done done = server.create(tables, shown::show);
        shown.end();
        report(done.id(), done.position(), done.status());
      }
      return ExitStatus.OK;
    }
    if (place == null) {
      throw usage("--backups: missing (expected: --backups URL, with --data)");
    }
    if (!Files.isDirectory(data)) {
      throw usage("--data: " + data + " (expected: an existing data directory)");
    }
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    try (ObjectStore objects = place.open();
        EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(data))) {
      Progress progress = shown.progress();
      Backups.Created created = new Backups(objects).create(store, tables, progress);
      shown.end();
      report(created.manifest().id(), created.manifest().position(), progress.status());
    }
    return ExitStatus.OK;
  }

  private void report(String id, long position, Progress.Status status) {
    out.println(
        "created "
            + id
            + " (position "
            + Figures.count(position)
            + ") in "
            + Figures.duration(status.taken())
            + ": "
            + Figures.bytes(status.bytesTotal())
            + " in "
            + Figures.count(status.filesTotal(), "file")
            + ", "
            + Figures.bytes(status.bytesCopied())
            + " copied");
  }

  private ParameterException usage(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "filled by the parser").commandLine(), message);
  }
}
