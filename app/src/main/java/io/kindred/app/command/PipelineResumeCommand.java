package io.kindred.app.command;

import io.kindred.app.pipelines.RemotePipelines;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred pipeline resume`. Filled by the command line, then called once.
@Command(
    name = "resume",
    description = {
      "Lets a pipeline go on where it stopped. The file of one that failed is read again.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline resume clicks",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class PipelineResumeCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private ServedPipelineOptions server = new ServedPipelineOptions();

  @Parameters(paramLabel = "NAME", description = "Pipeline, as the status shows it.")
  private String name = "";

  PipelineResumeCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    try (RemotePipelines pipelines = server.open()) {
      pipelines.resume(name);
      out.println("resumed " + name);
    }
    return ExitStatus.OK;
  }
}
