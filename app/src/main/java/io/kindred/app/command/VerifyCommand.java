package io.kindred.app.command;

import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.engine.store.StoreVerifier;
import io.kindred.engine.store.StoreVerifier.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred verify`. Filled by the command line, then called once.
@Command(
    name = "verify",
    description = {
      "Checks every file of a data directory that no server has open.",
      "",
      "Changes nothing. Names each file that is damaged, and what is wrong with it.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred verify ./data",
      "",
      "Exit status: 0 nothing is wrong; 1 a file is damaged, or the directory cannot be checked;",
      "2 a flag or value is wrong."
    })
final class VerifyCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "DIR", description = "Data directory.")
  private Path directory = Path.of("");

  VerifyCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    List<Problem> problems = StoreVerifier.verify(directory, this::progress);
    if (err.isInteractive()) {
      err.clearLine();
    }
    for (Problem problem : problems) {
      out.println(out.styled(Style.RED, "damaged  ") + problem);
    }
    if (problems.isEmpty()) {
      out.println(out.styled(Style.GREEN, "sound  ") + directory);
      return ExitStatus.OK;
    }
    throw new CommandFailure(
        directory
            + ": "
            + Figures.count(problems.size(), "problem")
            + " (expected: none; restore the directory from a backup)");
  }

  private void progress(String what) {
    if (err.isInteractive()) {
      err.redraw("checking " + what);
    }
  }
}
