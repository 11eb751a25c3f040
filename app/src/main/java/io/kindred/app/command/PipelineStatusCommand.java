package io.kindred.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.app.pipelines.RemotePipelines;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kindred pipeline status`. Filled by the command line, then called once.
@Command(
    name = "status",
    description = {"Shows the pipelines of a server, or one of them with its steps.", ""},
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline status clicks",
      "",
      "Exit status: 0 done; 1 failed; 2 a flag or value is wrong."
    })
final class PipelineStatusCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private ServedPipelineOptions server = new ServedPipelineOptions();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Pipeline, to be shown with its steps. Default: all, a line each.")
  private String name = "";

  PipelineStatusCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    try (RemotePipelines pipelines = server.open()) {
      List<JsonNode> shown = name.isEmpty() ? pipelines.list() : List.of(pipelines.status(name));
      if (shown.isEmpty()) {
        out.println("no pipelines (expected: a server that was started with --pipelines DIR)");
      }
      shown.forEach(this::print);
    }
    return ExitStatus.OK;
  }

  private void print(JsonNode pipeline) {
    String reason = pipeline.path("reason").asText();
    out.println(
        "%s  %s%s  lag %s  %s events/s  put aside %s  searchable after p50 / p99 %.1f / %.1f ms"
            .formatted(
                pipeline.path("name").asText(),
                pipeline.path("state").asText(),
                reason.isEmpty() ? "" : " (" + reason + ")",
                Figures.count(pipeline.path("lag").asLong()),
                Figures.count(Math.round(pipeline.path("applied_per_s").asDouble())),
                Figures.count(pipeline.path("dead_lettered").asLong()),
                pipeline.at("/searchable_after/p50_us").asLong() / 1e3,
                pipeline.at("/searchable_after/p99_us").asLong() / 1e3));
    if (!name.isEmpty()) {
      for (JsonNode step : pipeline.path("steps")) {
        out.println(
            "  %-12s in %d, out %d, dropped %d, rejected %d"
                .formatted(
                    step.path("step").asText(),
                    step.path("in").asLong(),
                    step.path("out").asLong(),
                    step.path("dropped").asLong(),
                    step.path("rejected").asLong()));
      }
    }
  }
}
