package io.kindred.app.command;

import io.kindred.app.pipelines.RemotePipelines;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kindred pipeline reset`. Filled by the command line, then called once.
@Command(
    name = "reset",
    description = {"Begins a new generation of a pipeline, which reads its source from there.", ""},
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline reset clicks --from earliest",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class PipelineResetCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private ServedPipelineOptions server = new ServedPipelineOptions();

  @Parameters(paramLabel = "NAME", description = "Pipeline, as the status shows it.")
  private String name = "";

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      required = true,
      description = "earliest, latest, or an instant such as 2026-01-31T09:30:00Z.")
  private String from = "";

  PipelineResetCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    try (RemotePipelines pipelines = server.open()) {
      String consequence = pipelines.reset(name, from);
      out.println("reset " + name + ". " + consequence);
    }
    return ExitStatus.OK;
  }
}
