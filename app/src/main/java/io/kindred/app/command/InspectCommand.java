package io.kindred.app.command;

import io.kindred.app.terminal.StoreReportText;
import io.kindred.app.terminal.Terminal;
import io.kindred.engine.store.StoreInspector;
import io.kindred.engine.store.StoreReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kindred inspect`. Filled by the command line, then called once.
@Command(
    name = "inspect",
    description = {
      "Shows what a data directory holds that no server has open: tables, shards, sizes, log.",
      "",
      "Changes nothing. Rows that are only in the log as yet are not counted.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred inspect ./data",
      "  kindred inspect ./data --json",
      "",
      "Exit status: 0 shown; 1 not a data directory, open elsewhere, or damaged; 2 a flag or",
      "value is wrong."
    })
final class InspectCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "DIR", description = "Data directory.")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object instead of text.")
  private boolean isJsonWanted;

  InspectCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    StoreReport report = StoreInspector.inspect(directory);
    if (isJsonWanted) {
      out.println(StoreReportText.json(report));
    } else {
      StoreReportText.print(report, out);
    }
    return ExitStatus.OK;
  }
}
