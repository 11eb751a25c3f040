package io.kindred.app.command;

import io.kindred.app.bulk.ImportListener.ImportedFile;
import io.kindred.app.bulk.ImportPlan;
import io.kindred.app.bulk.Importer;
import io.kindred.app.rows.FileFormat;
import io.kindred.app.tables.Tables;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.ImportProgress;
import io.kindred.app.terminal.Terminal;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/// `kindred import`. Filled by the command line, then called once.
@Command(
    name = "import",
    description = {
      "Loads files of rows into a table, and creates the table where there is none.",
      "",
      "Rows that cannot be stored are skipped; FILE.rejects says which, by line, and why.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred import items.fvecs --table items",
      "  kindred import items.fvecs --ids items.ids --table items --metric cosine",
      "  kindred import catalogue.csv prices.jsonl --table products --key string",
      "  kindred import items.parquet --table items --data ./data",
      "",
      "Exit status: 0 every file was read to its end and rows were stored; 1 a file could not",
      "be read to its end, or none of its rows was stored; 2 a flag or value is wrong."
    })
final class ImportCommand implements Callable<Integer> {
  private final TablesOpener opener;
  private final Terminal out;
  private final Terminal err;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private TablesOptions tablesOptions = new TablesOptions();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files to load, in this order.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--table",
      paramLabel = "T",
      required = true,
      description = "Table to load into. Created where there is none.")
  private String table = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = Converters.Formats.class,
      description = "fvecs, npy, csv, jsonl or parquet. Default: what the file's extension says.")
  private @Nullable FileFormat format;

  @Option(
      names = "--ids",
      paramLabel = "IDS",
      description = "For one fvecs or npy file: its keys, one a line. Default: 0, 1, 2, ...")
  private @Nullable Path ids;

  @Option(
      names = "--vector",
      paramLabel = "NAME",
      description = "Vector field. Default: the table's only one, or 'embedding' in a new table.")
  private @Nullable String vectorField;

  @Option(
      names = "--key",
      paramLabel = "TYPE",
      converter = Converters.Keys.class,
      description = "New table: string or uint64. Default: uint64 where the first ids all are.")
  private @Nullable KeyType key;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      converter = Converters.Metrics.class,
      description = "New table: dot, cosine or l2. Default: dot.")
  private @Nullable Metric metric;

  @Option(
      names = "--index",
      paramLabel = "INDEX",
      converter = Converters.Indexes.class,
      description = "New table: hnsw, flat, ivf_flat, ivf_pq or ivf_hnsw_pq. Default: hnsw.")
  private @Nullable IndexSpec index;

  ImportCommand(TablesOpener opener, Terminal out, Terminal err) {
    this.opener = opener;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    common.apply();
    ImportPlan plan = plan();
    try (Tables tables = opener.open(tablesOptions)) {
      ImportProgress progress = new ImportProgress(err, System::nanoTime);
      long started = System.nanoTime();
      List<ImportedFile> results = new Importer(tables, plan, progress).run();
      int status = summarise(results, Duration.ofNanos(System.nanoTime() - started));
      settle(tables, results);
      return status;
    }
  }

  /// Without a server the indexes are built now; a server does so in the background.
  private void settle(Tables tables, List<ImportedFile> results) {
    if (results.stream().allMatch(result -> result.stored() == 0)) {
      return;
    }
    if (err.isInteractive()) {
      err.redraw("building indexes ...");
    }
    long started = System.nanoTime();
    boolean isBuilt = tables.settle(table);
    if (err.isInteractive()) {
      err.clearLine();
    }
    if (isBuilt) {
      err.println(
          "indexes built in " + Figures.duration(Duration.ofNanos(System.nanoTime() - started)));
    }
  }

  private ImportPlan plan() {
    if (ids != null && files.size() > 1) {
      throw usage("--ids: " + files.size() + " files (expected: one file)");
    }
    List<ImportPlan.Source> sources = new ArrayList<>();
    for (Path file : files) {
      requireFile("FILE", file);
      FileFormat chosen = format;
      if (chosen == null) {
        chosen =
            FileFormat.ofExtension(file)
                .orElseThrow(
                    () ->
                        usage(
                            "FILE: "
                                + file
                                + " (expected: an extension of "
                                + FileFormat.names()
                                + ", or --format)"));
      }
      sources.add(new ImportPlan.Source(file, chosen));
    }
    if (ids != null) {
      requireFile("--ids", ids);
    }
    return new ImportPlan(sources, table, key, metric, index, vectorField, ids);
  }

  private void requireFile(String what, Path file) {
    if (!Files.isRegularFile(file)) {
      throw usage(what + ": " + file + " (expected: an existing file)");
    }
    if (!Files.isReadable(file)) {
      throw usage(what + ": " + file + " (expected: a file that can be read)");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "filled by the parser").commandLine(), message);
  }

  private int summarise(List<ImportedFile> results, Duration taken) {
    long stored = results.stream().mapToLong(ImportedFile::stored).sum();
    long rejected = results.stream().mapToLong(ImportedFile::rejected).sum();
    out.println(
        "imported "
            + Figures.count(stored, "row")
            + " into "
            + table
            + " in "
            + Figures.duration(taken)
            + " ("
            + Figures.count(Math.round(stored / Math.max(1e-3, taken.toNanos() / 1e9)))
            + " rows/s), "
            + Figures.count(rejected)
            + " rejected");
    boolean isWhole = true;
    for (ImportedFile result : results) {
      String problem = result.problem();
      if (problem != null) {
        err.println(result.file() + ": " + problem);
      }
      isWhole &= problem == null && (result.stored() > 0 || result.rejected() == 0);
    }
    return isWhole ? ExitStatus.OK : ExitStatus.FAILED;
  }
}
