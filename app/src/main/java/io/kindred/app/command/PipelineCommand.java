package io.kindred.app.command;

import io.kindred.app.terminal.Terminal;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `kindred pipeline`: without a command it shows its help.
@Command(
    name = "pipeline",
    description = {
      "Checks, runs and controls event pipelines.",
      "",
      "A pipeline turns events into changes of rows. A server runs those of its --pipelines.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred pipeline validate pipelines/*.yaml",
      "  kindred pipeline run clicks.yaml --data ./data",
      "  kindred pipeline status",
      "  kindred pipeline replay-dead-letters clicks",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag, a value or a pipeline is wrong."
    })
final class PipelineCommand implements Callable<Integer> {
  // Looked at by the parser.
  @SuppressWarnings("unused")
  @Mixin
  private CommonOptions common = new CommonOptions();

  @Spec private @Nullable CommandSpec spec;

  /// The command with those below it.
  static CommandLine all(Terminal out, Terminal err) {
    return new CommandLine(new PipelineCommand())
        .addSubcommand(new PipelineValidateCommand(out, err))
        .addSubcommand(new PipelineRunCommand(out))
        .addSubcommand(new PipelineStatusCommand(out))
        .addSubcommand(new PipelinePauseCommand(out))
        .addSubcommand(new PipelineResumeCommand(out))
        .addSubcommand(new PipelineResetCommand(out))
        .addSubcommand(new PipelineReplayCommand(out));
  }

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec, "filled by the parser").commandLine();
    command.usage(command.getOut());
    return ExitStatus.OK;
  }
}
