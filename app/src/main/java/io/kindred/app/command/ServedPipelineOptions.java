package io.kindred.app.command;

import io.kindred.app.pipelines.RemotePipelines;
import java.net.URI;
import picocli.CommandLine.Option;

/// The server whose pipelines a command works on. Filled by the command line, then read.
final class ServedPipelineOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = Converters.Url.class,
      description = "Server that runs the pipeline. Default: http://127.0.0.1:7700.")
  private URI url = TablesOptions.DEFAULT_URL;

  /// Ends a rehearsal: from here on the server is called.
  RemotePipelines open() {
    Rehearsal.endsBefore(Rehearsal.Work.CALLS_SERVER);
    return new RemotePipelines(url);
  }
}
