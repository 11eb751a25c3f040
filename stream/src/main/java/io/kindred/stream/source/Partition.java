package io.kindred.stream.source;

/// An ordered part of a source. Immutable.
///
/// @param topic a topic of Kafka, or a file
public record Partition(String topic, int number) {
  @Override
  public String toString() {
    return topic + "-" + number;
  }
}
