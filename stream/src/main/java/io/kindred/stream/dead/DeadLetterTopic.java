package io.kindred.stream.dead;

import io.kindred.stream.DeadLetter;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.kafka.KafkaClients;
import io.kindred.stream.kafka.KafkaRecords;
import io.kindred.stream.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Dead letters as records of a Kafka topic: key, value and headers of the event, and the reason in
/// further headers. A value that the topic does not take for its size is left out; the headers then
/// still say where the event stands.
public final class DeadLetterTopic implements DeadLetters {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
  private static final byte[] LEFT_OUT = new byte[0];

  private final KafkaClients clients;
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;

  private DeadLetterTopic(
      KafkaClients clients, String topic, KafkaProducer<byte[], byte[]> producer) {
    this.clients = clients;
    this.topic = topic;
    this.producer = producer;
  }

  /// @throws SourceException where the clients cannot be made
  public static DeadLetterTopic open(KafkaClients clients, String topic) {
    try {
      return new DeadLetterTopic(clients, topic, clients.producer());
    } catch (KafkaException e) {
      throw unreachable(topic, e);
    }
  }

  @Override
  public CompletableFuture<Void> add(List<DeadLetter> letters) {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    for (DeadLetter letter : letters) {
      sent.add(send(letter, letter.event().value()));
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> send(DeadLetter letter, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, letter.event().key(), value);
    for (SourceRecord.Header header : LetterHeaders.of(letter)) {
      record.headers().add(new RecordHeader(header.name(), header.value()));
    }
    CompletableFuture<Void> sent = new CompletableFuture<>();
    try {
      // Its outcome comes to the callback too.
      Future<?> _ =
          producer.send(record, (_, failure) -> acknowledge(sent, letter, value, failure));
    } catch (KafkaException e) {
      acknowledge(sent, letter, value, e);
    }
    return sent;
  }

  private void acknowledge(
      CompletableFuture<Void> sent,
      DeadLetter letter,
      byte[] value,
      @org.jspecify.annotations.Nullable Exception failure) {
    if (failure == null) {
      sent.complete(null);
    } else if (failure instanceof RecordTooLargeException && value.length > 0) {
      CompletableFuture<Void> _ =
          send(letter, LEFT_OUT)
              .whenComplete(
                  (_, e) -> {
                    if (e == null) {
                      sent.complete(null);
                    } else {
                      sent.completeExceptionally(e);
                    }
                  });
    } else {
      sent.completeExceptionally(unreachable(topic, failure));
    }
  }

  @Override
  public void read(Map<Integer, Long> after, Reader reader) throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer = clients.reader()) {
      Map<TopicPartition, Long> ends = assign(consumer);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(ends.keySet(), ANSWER_MAX);
      starts.forEach(
          (partition, first) ->
              consumer.seek(
                  partition, Math.max(after.getOrDefault(partition.partition(), 0L), first)));
      readUntil(consumer, ends, reader);
    } catch (org.apache.kafka.common.errors.InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw unreachable(topic, e);
    }
  }

  private static InterruptedException interrupted(Exception cause) {
    InterruptedException interrupted = new InterruptedException("reading dead letters");
    interrupted.initCause(cause);
    return interrupted;
  }

  private Map<TopicPartition, Long> assign(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic, ANSWER_MAX).stream()
            .map(it -> new TopicPartition(topic, it.partition()))
            .toList();
    consumer.assign(partitions);
    return new HashMap<>(consumer.endOffsets(partitions, ANSWER_MAX));
  }

  private static void readUntil(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Reader reader)
      throws InterruptedException {
    long answeredAt = System.nanoTime();
    while (true) {
      ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (ends.isEmpty()) {
        return;
      }
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        Optional<DeadLetter> letter = LetterHeaders.letter(KafkaRecords.of(record));
        if (end != null && record.offset() < end && letter.isPresent()) {
          reader.take(letter.get(), record.partition(), record.offset(), record.offset() + 1);
        }
      }
      if (!polled.isEmpty()) {
        answeredAt = System.nanoTime();
      } else if (System.nanoTime() - answeredAt > ANSWER_MAX.toNanos()) {
        throw new SourceException(
            "dead letters: no answer for " + ANSWER_MAX + " (expected: letters of " + ends + ")",
            null);
      }
    }
  }

  @Override
  public List<DeadLetter> newest(int limit) throws InterruptedException {
    Map<Integer, Long> from = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = clients.reader()) {
      assign(consumer).forEach((it, end) -> from.put(it.partition(), Math.max(end - limit, 0)));
    } catch (KafkaException e) {
      throw unreachable(topic, e);
    }
    List<DeadLetter> letters = new ArrayList<>();
    read(from, (letter, _, _, _) -> letters.add(letter));
    letters.sort(java.util.Comparator.comparing(DeadLetter::at));
    Collections.reverse(letters);
    return letters.size() > limit ? List.copyOf(letters.subList(0, limit)) : letters;
  }

  @Override
  public String place() {
    return "topic " + topic;
  }

  @Override
  public void close() {
    producer.close(CLOSE_MAX);
  }

  private static SourceException unreachable(String topic, Exception cause) {
    return new SourceException(
        "dead letters: topic "
            + topic
            + ": "
            + cause.getMessage()
            + " (expected: one that takes them)",
        cause);
  }
}
