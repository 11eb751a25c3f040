package io.kindred.app.command;

import io.kindred.app.config.LogLevel;
import io.kindred.app.config.ServeConfig;
import io.kindred.app.demo.Demo;
import io.kindred.app.demo.DemoOptions;
import io.kindred.app.demo.DemoOptions.Length;
import io.kindred.app.serve.StopSignal;
import io.kindred.app.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kindred demo`. Filled by the command line, then called once.
@Command(
    name = "demo",
    description = {
      "Shows the main job in one command: a shop with embeddings, live events, searches.",
      "",
      "Starts a real server, loads a made-up shop, explains a few searches, and keeps shoppers",
      "acting and searching until Ctrl-C.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred demo",
      "  kindred demo --once              # a few seconds, a summary, and done",
      "  kindred demo --port 0 --data ./shop",
      "",
      "Exit status: 0 all checks held; 1 one did not, or the server could not start; 2 a flag",
      "or value is wrong."
    })
final class DemoCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      converter = Converters.Port.class,
      description = "Port of the server; 0 picks a free one. Default: 7700.")
  private int port = ServeConfig.DEFAULT.port();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keeps the data in DIR. Default: a temporary directory.")
  private @Nullable Path data;

  @Option(names = "--once", description = "Runs for a few seconds, prints a summary and ends.")
  private boolean isOnce;

  DemoCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.apply();
    LogLevel logLevel = common.logLevel();
    DemoOptions options =
        new DemoOptions(
            port,
            data,
            isOnce ? Length.ONCE : Length.UNTIL_STOPPED,
            logLevel == null ? LogLevel.WARN : logLevel);
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    boolean isWell;
    try (StopSignal stop = StopSignal.install()) {
      isWell = new Demo(options, out, Logging.keepRecent()).run(stop);
      if (stop.isRequested()) {
        // The process may end as soon as the signal is closed.
        Logging.close();
      }
    }
    return isWell ? ExitStatus.OK : ExitStatus.FAILED;
  }
}
