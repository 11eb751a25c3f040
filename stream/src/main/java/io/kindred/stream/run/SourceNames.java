package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.stream.StartAt;
import io.kindred.stream.config.DeadLetterDefinition;
import io.kindred.stream.config.SourceDefinition;
import io.kindred.stream.config.Text;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What status calls sources and places of dead letters, and where sources can begin. Stateless.
final class SourceNames {
  private SourceNames() {}

  static String of(SourceDefinition source) {
    return switch (source) {
      case SourceDefinition.Kafka it ->
          "kafka "
              + it.topics().stream().map(Text::value).collect(Collectors.joining(", "))
              + " on "
              + it.bootstrap();
      case SourceDefinition.Files it -> "file " + it.path();
      case SourceDefinition.Push _ -> "push";
    };
  }

  /// Refuses a beginning that a source does not know.
  static void requireBegins(SourceDefinition source, StartAt start) {
    boolean isKnown =
        switch (source) {
          case SourceDefinition.Kafka _ -> true;
          case SourceDefinition.Files _ -> !(start instanceof StartAt.Time);
          case SourceDefinition.Push _ -> start instanceof StartAt.Latest;
        };
    if (!isKnown) {
      throw KindredException.of(
          ErrorCode.UNSUPPORTED,
          "reset to",
          start.text(),
          source instanceof SourceDefinition.Push
              ? "latest; pushed events are not kept"
              : "earliest or latest; lines of files have no time");
    }
  }

  static @Nullable String of(@Nullable DeadLetterDefinition letters) {
    return switch (letters) {
      case DeadLetterDefinition.Topic it -> "topic " + it.name();
      case DeadLetterDefinition.File it -> "file " + it.path();
      case null -> null;
    };
  }
}
