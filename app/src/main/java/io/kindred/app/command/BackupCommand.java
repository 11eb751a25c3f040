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

/// `kindred backup`: without a command it shows its help.
@Command(
    name = "backup",
    description = {
      "Backs up tables to a directory or to S3, and restores them.",
      "",
      "A backup is the state at one position of the log, made while writes go on. Files that the",
      "place has already are not copied again, also where a backup was interrupted.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred backup create --backups /mnt/backups --data ./data",
      "  kindred backup create                # of a server that was started with --backups",
      "  kindred backup list --backups s3://bucket/kindred?region=eu-central-1",
      "  kindred backup restore --backups /mnt/backups --data ./restored",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class BackupCommand implements Callable<Integer> {
  // Looked at by the parser.
  @SuppressWarnings("unused")
  @Mixin
  private CommonOptions common = new CommonOptions();

  @Spec private @Nullable CommandSpec spec;

  /// The command with those below it.
  static CommandLine all(Terminal out, Terminal err) {
    return new CommandLine(new BackupCommand())
        .addSubcommand(new BackupCreateCommand(out, err))
        .addSubcommand(new BackupListCommand(out))
        .addSubcommand(new BackupVerifyCommand(out, err))
        .addSubcommand(new BackupRestoreCommand(out, err))
        .addSubcommand(new BackupDrillCommand(out, err))
        .addSubcommand(new BackupDeleteCommand(out));
  }

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec, "filled by the parser").commandLine();
    command.usage(command.getOut());
    return ExitStatus.OK;
  }
}
