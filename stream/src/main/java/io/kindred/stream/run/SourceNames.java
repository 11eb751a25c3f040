package io.kindred.stream.run;

import io.kindred.stream.config.DeadLetterDefinition;
import io.kindred.stream.config.SourceDefinition;
import io.kindred.stream.config.Text;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What status calls sources and places of dead letters. Stateless.
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

  static @Nullable String of(@Nullable DeadLetterDefinition letters) {
    return switch (letters) {
      case DeadLetterDefinition.Topic it -> "topic " + it.name();
      case DeadLetterDefinition.File it -> "file " + it.path();
      case null -> null;
    };
  }
}
