package io.kindred.stream;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/// Where a generation of a pipeline begins each partition. Immutable.
public sealed interface StartAt {
  /// With the first event that is there.
  enum Earliest implements StartAt {
    EARLIEST
  }

  /// Behind the last event that is there when the partition is first read.
  enum Latest implements StartAt {
    LATEST
  }

  /// With the first event that the source took at that time or later.
  record Time(Instant instant) implements StartAt {}

  /// The form that [#parse] reads: `earliest`, `latest`, or an instant.
  default String text() {
    return switch (this) {
      case Earliest it -> it.name().toLowerCase(Locale.ROOT);
      case Latest it -> it.name().toLowerCase(Locale.ROOT);
      case Time(Instant instant) -> instant.toString();
    };
  }

  /// @throws DateTimeParseException where the text is none of the forms
  static StartAt parse(String text) {
    return switch (text) {
      case "earliest" -> Earliest.EARLIEST;
      case "latest" -> Latest.LATEST;
      default -> new Time(Instant.parse(text));
    };
  }
}
