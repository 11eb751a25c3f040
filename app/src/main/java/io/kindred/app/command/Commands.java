package io.kindred.app.command;

import io.kindred.app.tables.EmbeddedTables;
import io.kindred.app.tables.RemoteTables;
import io.kindred.app.tables.Tables;
import io.kindred.app.terminal.Terminal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// All commands, put together. Thread-safe.
public final class Commands {
  private static final int HELP_WIDTH = 100;

  private final Terminal out;
  private final Terminal err;

  /// @param out takes a command's answer
  /// @param err takes progress, warnings and the one line that says what is wrong
  public Commands(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  /// Runs one command.
  ///
  /// @return the process's exit status; see [ExitStatus]
  public int run(String... arguments) {
    ErrorLine errorLine = new ErrorLine(err);
    CommandLine root = new CommandLine(new Root());
    root.addSubcommand(new ServeCommand(out));
    root.addSubcommand(new DemoCommand(out));
    root.addSubcommand(new ImportCommand(Commands::open, out, err));
    root.addSubcommand(new ExportCommand(Commands::open, out, err));
    root.addSubcommand(new InspectCommand(out));
    root.addSubcommand(new VerifyCommand(out, err));
    root.addSubcommand(BackupCommand.all(out, err));
    root.addSubcommand(new BackupRestoreCommand(out, err));
    root.addSubcommand(PipelineCommand.all(out, err));
    root.setOut(new PrintWriter(out.out(), true, StandardCharsets.UTF_8));
    root.setColorScheme(colours());
    root.setUsageHelpWidth(HELP_WIDTH);
    root.setParameterExceptionHandler(errorLine);
    root.setExecutionExceptionHandler(errorLine);
    root.setExitCodeExceptionMapper(_ -> ExitStatus.FAILED);
    return root.execute(arguments);
  }

  private ColorScheme colours() {
    return CommandLine.Help.defaultColorScheme(out.isColoured() ? Ansi.ON : Ansi.OFF);
  }

  private static Tables open(TablesOptions options) {
    Path data = options.data();
    Rehearsal.endsBefore(data == null ? Rehearsal.Work.CALLS_SERVER : Rehearsal.Work.OPENS_STORE);
    if (data != null) {
      return EmbeddedTables.open(data);
    }
    return RemoteTables.at(options.url());
  }

  /// `kindred` itself: without a command it shows its help.
  @Command(
      name = "kindred",
      description = {"An online embedding and feature store with vector retrieval.", ""},
      synopsisSubcommandLabel = "COMMAND",
      commandListHeading = "%nCommands:%n",
      footerHeading = "%nTo begin:%n",
      footer = {
        "  kindred demo",
        "  kindred COMMAND --help",
        "",
        "Exit status: 0 done; 1 failed; 2 a flag or value is wrong. One line on standard error",
        "says why."
      })
  private static final class Root implements Callable<Integer> {
    // Looked at by the parser.
    @SuppressWarnings("unused")
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      CommandLine command = Objects.requireNonNull(spec, "filled by the parser").commandLine();
      command.usage(command.getOut());
      return ExitStatus.OK;
    }
  }
}
