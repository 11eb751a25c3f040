package io.kindred.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.app.pipelines.RemotePipelines;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred pipeline replay-dead-letters`. Filled by the command line, then called once.
@Command(
    name = "replay-dead-letters",
    description = {
      "Takes through a pipeline again what was put aside since the last replay.",
      "",
      "What is rejected again is put aside again.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline replay-dead-letters clicks",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class PipelineReplayCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private ServedPipelineOptions server = new ServedPipelineOptions();

  @Parameters(paramLabel = "NAME", description = "Pipeline, as the status shows it.")
  private String name = "";

  PipelineReplayCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    try (RemotePipelines pipelines = server.open()) {
      JsonNode replay = pipelines.replayDeadLetters(name);
      out.println(
          "replayed "
              + Figures.count(replay.path("replayed").asLong(), "event")
              + ": "
              + Figures.count(replay.path("applied").asLong())
              + " applied, "
              + Figures.count(replay.path("dropped").asLong())
              + " dropped, "
              + Figures.count(replay.path("rejected").asLong())
              + " put aside again");
    }
    return ExitStatus.OK;
  }
}
