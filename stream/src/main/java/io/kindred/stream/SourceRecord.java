package io.kindred.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An event as its source gave it. Immutable; the arrays must not change.
///
/// @param timestampMillis when the source took the event, in milliseconds since 1970
/// @param key what the source keeps order by, if it has such
/// @param value the encoded event; empty where the source has none, such as a tombstone of Kafka
public record SourceRecord(
    Position position,
    long timestampMillis,
    byte @Nullable [] key,
    byte[] value,
    List<Header> headers) {
  private static final int OVERHEAD_BYTES = 96;

  public SourceRecord {
    headers = List.copyOf(headers);
  }

  /// An event of a source that has neither keys nor headers.
  public static SourceRecord of(Position position, long timestampMillis, byte[] value) {
    return new SourceRecord(position, timestampMillis, null, value, List.of());
  }

  /// About what it takes in memory.
  public int sizeBytes() {
    int bytes = value.length + OVERHEAD_BYTES;
    for (Header header : headers) {
      bytes += header.value().length + OVERHEAD_BYTES;
    }
    return key == null ? bytes : bytes + key.length;
  }

  /// Where an event stands within its source. Immutable.
  ///
  /// @param topic a topic of Kafka, a file, or `push`
  /// @param offset ascending within a partition
  public record Position(String topic, int partition, long offset) {
    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }

  /// What travels beside an event.
  public record Header(String name, byte[] value) {}
}
