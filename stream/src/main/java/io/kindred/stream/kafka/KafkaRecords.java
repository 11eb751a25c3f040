package io.kindred.stream.kafka;

import io.kindred.stream.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Records of Kafka as events. Stateless.
public final class KafkaRecords {
  private static final byte[] NOTHING = new byte[0];

  private KafkaRecords() {}

  public static SourceRecord of(ConsumerRecord<byte[], byte[]> record) {
    List<SourceRecord.Header> headers = new ArrayList<>();
    record
        .headers()
        .forEach(it -> headers.add(new SourceRecord.Header(it.key(), orNothing(it.value()))));
    return new SourceRecord(
        new SourceRecord.Position(record.topic(), record.partition(), record.offset()),
        record.timestamp(),
        record.key(),
        orNothing(record.value()),
        headers);
  }

  private static byte[] orNothing(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? NOTHING : bytes;
  }
}
