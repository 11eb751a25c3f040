package io.kindred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kindred.bench.compare.ChartCommand;
import io.kindred.bench.compare.CompareCommand;
import io.kindred.bench.pipeline.PipelineCommand;
import io.kindred.bench.pipeline.RecommendCommand;
import io.kindred.bench.pipeline.TastesCommand;
import io.kindred.bench.report.BadInputException;
import io.kindred.bench.search.AnnCommand;
import io.kindred.bench.search.ChurnCommand;
import io.kindred.bench.search.FiltersCommand;
import io.kindred.bench.search.LiveCommand;
import io.kindred.bench.search.MixCommand;
import io.kindred.bench.vectors.VectorsCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./kindred bench`: one command for each set of figures in `docs/benchmarks.md`.
@Command(
    name = "kindred bench",
    description = "Measures Kindred on this machine. Each command makes its own data.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AnnCommand.class,
      CompareCommand.class,
      ChartCommand.class,
      FiltersCommand.class,
      ChurnCommand.class,
      LiveCommand.class,
      MixCommand.class,
      VectorsCommand.class,
      GetCommand.class,
      StartCommand.class,
      MemoryCommand.class,
      PutCommand.class,
      MergeCommand.class,
      FoldCommand.class,
      ScanCommand.class,
      OverloadCommand.class,
      BackupCommand.class,
      PipelineCommand.class,
      RecommendCommand.class,
      TastesCommand.class
    })
final class Main {
  private Main() {}

  /// Runs one command and ends the process with its status: 2 for a wrong argument.
  public static void main(String[] arguments) {
    if (System.getenv("KINDRED_LOG") == null && System.getProperty("KINDRED_LOG") == null) {
      // Folds and checkpoints are part of what is measured: not worth a line each.
      System.setProperty("KINDRED_LOG", "WARN");
    }
    System.exit(run(new PrintWriter(System.err, true, UTF_8), arguments));
  }

  /// @param err takes the line that says what is wrong
  static int run(PrintWriter err, String... arguments) {
    CommandLine commands = new CommandLine(new Main());
    commands.setErr(err);
    commands.setParameterExceptionHandler(
        (e, _) -> {
          err.println(e.getMessage());
          return CommandLine.ExitCode.USAGE;
        });
    commands.setExecutionExceptionHandler(
        (e, _, _) -> {
          if (!(e instanceof BadInputException)) {
            throw e;
          }
          err.println(e.getMessage());
          return CommandLine.ExitCode.USAGE;
        });
    return commands.execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }
}
