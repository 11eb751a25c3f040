package io.kindred.app.command;

import io.kindred.app.objects.Place;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the backups are that a command works on. Filled by the command line, then read.
final class PlaceOptions {
  @Option(
      names = "--backups",
      paramLabel = "URL",
      required = true,
      converter = Converters.Places.class,
      description = "Where backups are: a directory, file:///DIR or s3://BUCKET/PREFIX.")
  private @Nullable Place place;

  Place place() {
    return Objects.requireNonNull(place, "required by the parser");
  }
}
