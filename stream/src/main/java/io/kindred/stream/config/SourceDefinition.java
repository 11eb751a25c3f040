package io.kindred.stream.config;

import java.util.List;
import java.util.Map;

/// Where a pipeline's events come from. Immutable.
public sealed interface SourceDefinition {

  /// Topics of Kafka, read as a member of a consumer group.
  ///
  /// @param topics names, or one regular expression where `isPattern`
  /// @param from where a partition is begun that this group has not read yet
  /// @param properties passed to the clients as they are, such as `security.protocol`
  record Kafka(
      Text bootstrap,
      List<Text> topics,
      boolean isPattern,
      String group,
      From from,
      Map<String, String> properties)
      implements SourceDefinition {
    public Kafka {
      topics = List.copyOf(topics);
      properties = Map.copyOf(properties);
    }
  }

  /// Files of lines.
  ///
  /// @param path a file, or a glob in its last part
  /// @param isFollowed whether lines are awaited that are added later; otherwise the pipeline is
  ///   finished at the end
  record Files(Text path, boolean isFollowed) implements SourceDefinition {}

  /// Requests of callers, who are answered once their events are durable.
  record Push() implements SourceDefinition {}

  /// Where a partition is begun.
  enum From {
    EARLIEST,
    LATEST
  }
}
