package io.kindred.app.command;

import io.kindred.app.bulk.Exporter;
import io.kindred.app.rows.FileFormat;
import io.kindred.app.rows.RowFileWriter;
import io.kindred.app.tables.Tables;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kindred export`. Filled by the command line, then called once.
@Command(
    name = "export",
    description = {
      "Writes the rows of a table to a file, in the order of their ids.",
      "",
      "The file appears under its name once it is whole.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred export --table items --out items.jsonl",
      "  kindred export --table items --out items.parquet --data ./data",
      "  kindred export --table items --out items.fvecs    # and the keys in items.ids",
      "",
      "Exit status: 0 written; 1 not; 2 a flag or value is wrong."
    })
final class ExportCommand implements Callable<Integer> {
  private final TablesOpener opener;
  private final Terminal out;
  private final Terminal err;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private TablesOptions tablesOptions = new TablesOptions();

  @Option(names = "--table", paramLabel = "T", required = true, description = "Table to write.")
  private String table = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; its extension says the format: jsonl, csv, fvecs, parquet.")
  private Path file = Path.of("");

  @Option(
      names = "--vector",
      paramLabel = "NAME",
      description = "For fvecs: the vector field. Default: the table's only one.")
  private @Nullable String vectorField;

  ExportCommand(TablesOpener opener, Terminal out, Terminal err) {
    this.opener = opener;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    common.apply();
    FileFormat format =
        FileFormat.ofExtension(file)
            .filter(it -> it != FileFormat.NPY)
            .orElseThrow(
                () ->
                    usage(
                        "--out: "
                            + file
                            + " (expected: an extension of "
                            + RowFileWriter.names()
                            + ")"));
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw usage("--out: " + file + " (expected: a file in a folder that exists)");
    }
    long started = System.nanoTime();
    try (Tables tables = opener.open(tablesOptions)) {
      Exporter exporter = new Exporter(tables, this::progress);
      Exporter.Exported exported =
          exporter.run(new Exporter.Plan(table, file, format, vectorField));
      finish(exported, Duration.ofNanos(System.nanoTime() - started));
    }
    return ExitStatus.OK;
  }

  private void progress(long rows) {
    if (err.isInteractive()) {
      err.redraw(file.getFileName() + "  " + Figures.count(rows, "row"));
    }
  }

  private void finish(Exporter.Exported exported, Duration taken) {
    if (err.isInteractive()) {
      err.clearLine();
    }
    String files = exported.files().stream().map(Path::toString).collect(Collectors.joining(", "));
    String leftOut =
        exported.leftOut() == 0
            ? ""
            : ", " + Figures.count(exported.leftOut(), "row") + " without the vector left out";
    out.println(
        "exported "
            + Figures.count(exported.rows(), "row")
            + " of "
            + table
            + " to "
            + files
            + " in "
            + Figures.duration(taken)
            + leftOut);
  }

  private ParameterException usage(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "filled by the parser").commandLine(), message);
  }
}
