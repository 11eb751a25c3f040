package io.kindred.app.command;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Where the tables are that a command works on: behind a server, or in a data directory. Filled by
/// the command line, then read.
final class TablesOptions {
  static final URI DEFAULT_URL = URI.create("http://127.0.0.1:7700");

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  @Nullable Place place;

  /// One of the two.
  static final class Place {
    @Option(
        names = "--url",
        paramLabel = "URL",
        converter = Converters.Url.class,
        description = "Server that has the table. Default: http://127.0.0.1:7700.")
    @Nullable URI url;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Data directory to open instead, where no server has it open.")
    @Nullable Path data;
  }

  URI url() {
    return place == null || place.url == null ? DEFAULT_URL : place.url;
  }

  @Nullable Path data() {
    return place == null ? null : place.data;
  }
}
