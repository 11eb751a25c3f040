package io.kindred.app.command;

import io.kindred.app.config.ConfigException;
import io.kindred.app.pipelines.ServedPipelines;
import io.kindred.app.terminal.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred pipeline validate`. Filled by the command line, then called once.
@Command(
    name = "validate",
    description = {
      "Checks files of pipelines, as far as that goes without the tables that they name.",
      "",
      "What a running server's tables say of a pipeline is told by POST /v1/pipelines:validate.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline validate pipelines/*.yaml",
      "",
      "Exit status: 0 all are right; 2 one is wrong, which one line says for each."
    })
final class PipelineValidateCommand implements Callable<Integer> {
  private final Terminal out;
  private final Terminal err;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Pipeline in YAML.")
  private List<Path> files = List.of();

  PipelineValidateCommand(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    common.apply();
    Rehearsal.endsBefore(Rehearsal.Work.CALLS_SERVER);
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        out.println("valid  " + ServedPipelines.validate(file) + "  " + file);
      } catch (ConfigException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    problems.forEach(problem -> err.println("kindred pipeline validate: " + problem));
    return problems.isEmpty() ? ExitStatus.OK : ExitStatus.USAGE;
  }
}
