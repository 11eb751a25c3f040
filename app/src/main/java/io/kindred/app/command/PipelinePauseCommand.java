package io.kindred.app.command;

import io.kindred.app.pipelines.RemotePipelines;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kindred pipeline pause`. Filled by the command line, then called once.
@Command(
    name = "pause",
    description = {
      "Stops a pipeline from reading events, also after a restart, until it is resumed.",
      "",
      "Answers once what was begun is done.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline pause clicks",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class PipelinePauseCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private ServedPipelineOptions server = new ServedPipelineOptions();

  @Parameters(paramLabel = "NAME", description = "Pipeline, as the status shows it.")
  private String name = "";

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "Who wants it, for its status. Default: the user who runs this.")
  private String by = System.getProperty("user.name", "command line");

  PipelinePauseCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    try (RemotePipelines pipelines = server.open()) {
      pipelines.pause(name, by);
      out.println("paused " + name);
    }
    return ExitStatus.OK;
  }
}
