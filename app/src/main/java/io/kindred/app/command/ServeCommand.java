package io.kindred.app.command;

import io.kindred.app.config.ConfigFile;
import io.kindred.app.config.LogLevel;
import io.kindred.app.config.ServeConfig;
import io.kindred.app.objects.Place;
import io.kindred.app.pipelines.ServedPipelines;
import io.kindred.app.serve.FlightRecording;
import io.kindred.app.serve.ServedStore;
import io.kindred.app.serve.StopSignal;
import io.kindred.app.terminal.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kindred serve`. Filled by the command line, then called once.
@Command(
    name = "serve",
    description = {
      "Serves a data directory: REST, gRPC, metrics and the API reference on one port.",
      "",
      "Prints one line, 'kindred ready on http://HOST:PORT', once it answers. SIGTERM or Ctrl-C",
      "stops it cleanly within 10 seconds.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred serve",
      "  kindred serve --data /var/lib/kindred --port 7800 --log-level info",
      "  kindred serve --config kindred.yaml",
      "  kindred serve --pipelines ./pipelines",
      "",
      "Exit status: 0 stopped as asked; 1 could not start (port in use, data directory locked,",
      "not writable or damaged); 2 a flag, a value, the configuration file or a pipeline is wrong."
    })
final class ServeCommand implements Callable<Integer> {
  private final Terminal out;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory; made if absent. Default: ./data.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      converter = Converters.Port.class,
      description = "Port for everything; 0 picks a free one. Default: 7700.")
  private @Nullable Integer port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = {
        "Address to listen on. Default: 127.0.0.1.",
        "There is no authentication yet: think before you listen on another."
      })
  private @Nullable String host;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file of these settings and limits. Flags win. See docs/cli.md.")
  private @Nullable Path configFile;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Writes a JDK Flight Recorder recording of the whole run to FILE.")
  private @Nullable Path recording;

  @Option(
      names = "--backups",
      paramLabel = "URL",
      converter = Converters.Places.class,
      description = {
        "Where 'kindred backup create' and POST /v1/backups make backups: a directory,",
        "file:///DIR or s3://BUCKET/PREFIX?endpoint=URL&region=NAME. Default: none are made."
      })
  private @Nullable Place backups;

  @Option(
      names = "--pipelines",
      paramLabel = "DIR",
      description = {
        "Directory of event pipelines, one YAML file each, that are run over the data.",
        "Default: none."
      })
  private @Nullable Path pipelines;

  ServeCommand(Terminal out) {
    this.out = out;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServeConfig config = config();
    if (config.pipelines() != null) {
      ServedPipelines.check(config.pipelines());
    }
    Rehearsal.endsBefore(Rehearsal.Work.OPENS_STORE);
    Logging.setLevel(config.logLevel());
    try (StopSignal stop = StopSignal.install()) {
      try (FlightRecording _ = FlightRecording.to(config.recording());
          ServedStore served = ServedStore.start(config, Logging.keepRecent())) {
        out.println("kindred ready on " + served.uri());
        stop.await();
      }
      // The process may end as soon as the signal is closed.
      Logging.close();
    }
    return ExitStatus.OK;
  }

  /// Defaults, then the file, then flags.
  private ServeConfig config() {
    ServeConfig config = ServeConfig.DEFAULT;
    if (configFile != null) {
      config = ConfigFile.read(configFile, config);
    }
    if (data != null) {
      config = config.withData(data);
    }
    if (port != null) {
      config = config.withPort(port);
    }
    if (host != null) {
      config = config.withHost(host);
    }
    if (recording != null) {
      config = config.withRecording(recording);
    }
    if (backups != null) {
      config = config.withBackups(backups);
    }
    if (pipelines != null) {
      config = config.withPipelines(pipelines);
    }
    LogLevel logLevel = common.logLevel();
    return logLevel == null ? config : config.withLogLevel(logLevel);
  }
}
