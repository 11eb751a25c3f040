package io.kindred.app.command;

import io.kindred.app.pipelines.OnePipeline;
import io.kindred.app.serve.StopSignal;
import io.kindred.app.terminal.Figures;
import io.kindred.app.terminal.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `kindred pipeline run`. Filled by the command line, then called once.
@Command(
    name = "run",
    description = {
      "Runs one pipeline over a data directory that no server has open.",
      "",
      "Ends once its files are read, where these are its source and are not followed; otherwise",
      "with SIGTERM or Ctrl-C. It goes on from there the next time.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  kindred pipeline run clicks.yaml --data ./data",
      "",
      "Exit status: 0 ended, or stopped as asked; 1 failed; 2 a flag, a value or the pipeline is",
      "wrong."
    })
final class PipelineRunCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Terminal out;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "FILE", description = "Pipeline in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Data directory with the tables that it names.")
  private Path data = Path.of("");

  PipelineRunCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws InterruptedException {
    common.apply();
    if (!Files.isDirectory(data)) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "filled by the parser").commandLine(),
          "--data: " + data + " (expected: an existing data directory)");
    }
    OnePipeline.check(file);
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    try (StopSignal stop = StopSignal.install()) {
      OnePipeline.Outcome outcome = OnePipeline.run(file, data, () -> stop.await(LOOK));
      out.println(
          outcome.name()
              + ": "
              + Figures.count(outcome.received(), "event")
              + " received, "
              + Figures.count(outcome.applied())
              + " applied, "
              + Figures.count(outcome.deadLettered())
              + " put aside");
    }
    return ExitStatus.OK;
  }
}
