package io.kindred.stream.kafka;

import io.kindred.stream.SourceRecord;
import io.kindred.stream.StartAt;
import io.kindred.stream.config.Text;
import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Lane;
import io.kindred.stream.source.Progress;
import io.kindred.stream.source.Source;
import io.kindred.stream.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/// Topics of Kafka, read as a member of a consumer group. A partition's lane is opened when the
/// group assigns it, and finished when it takes it away; what lanes have done is committed as they
/// go.
///
/// The broker is asked for the ends of the partitions now and then: so a broker that is gone is
/// noticed, which the client itself never says.
public final class KafkaSource implements Source {
  private static final Duration POLL = Duration.ofMillis(100);

  /// While a lane is full, so that it is resumed soon.
  private static final Duration POLL_WHILE_FULL = Duration.ofMillis(5);

  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Assignment assignment;
  private volatile boolean isStopped;
  private long committedAt = System.nanoTime();
  private long lookedAt = System.nanoTime();
  private Map<TopicPartition, Progress> committed = new HashMap<>();

  private KafkaSource(
      KafkaClients clients, KafkaConsumer<byte[], byte[]> consumer, Assignment assignment) {
    this.clients = clients;
    this.consumer = consumer;
    this.assignment = assignment;
  }

  /// @param generation what offsets committed by an earlier one are not taken over from
  /// @param start where a partition begins that this generation has not read yet
  /// @throws SourceException where the clients cannot be made
  public static KafkaSource open(KafkaClients clients, long generation, StartAt start) {
    try {
      KafkaConsumer<byte[], byte[]> consumer = clients.member();
      return new KafkaSource(clients, consumer, new Assignment(consumer, generation, start));
    } catch (KafkaException e) {
      throw failed(clients, e);
    }
  }

  @Override
  public void run(Intake intake) throws InterruptedException {
    try {
      requireTopics();
      subscribe(intake);
      intake.reachable();
      while (!isStopped) {
        poll();
        commit();
        look(intake);
      }
      assignment.finishAll();
    } catch (org.apache.kafka.common.errors.InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw failed(clients, e);
    }
  }

  private static InterruptedException interrupted(Exception cause) {
    InterruptedException interrupted = new InterruptedException("reading Kafka");
    interrupted.initCause(cause);
    return interrupted;
  }

  private void requireTopics() {
    String brokers = clients.definition().bootstrap().value();
    List<Text> topics = clients.definition().topics();
    try {
      if (clients.definition().isPattern()) {
        Pattern pattern = Pattern.compile(topics.getFirst().value());
        boolean isThere =
            consumer.listTopics(ANSWER_MAX).keySet().stream()
                .anyMatch(name -> pattern.matcher(name).matches());
        if (!isThere) {
          throw missing("topic_pattern: " + pattern, "one that a topic has, on " + brokers);
        }
        return;
      }
      for (Text topic : topics) {
        if (!consumer.listTopics(ANSWER_MAX).containsKey(topic.value())
            && consumer.partitionsFor(topic.value(), ANSWER_MAX).isEmpty()) {
          throw missing("topic: " + topic, "one that exists on " + brokers);
        }
      }
    } catch (org.apache.kafka.common.errors.UnknownTopicOrPartitionException e) {
      throw new SourceException(
          "topic: one of " + topics + " (expected: one that exists on " + brokers + ")", e);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw new SourceException("brokers: " + brokers + ": no answer (expected: Kafka)", e);
    }
  }

  private static SourceException missing(String found, String expected) {
    return new SourceException(found + " (expected: " + expected + ")", null);
  }

  private void subscribe(Intake intake) {
    assignment.begin(intake);
    List<Text> topics = clients.definition().topics();
    if (clients.definition().isPattern()) {
      consumer.subscribe(Pattern.compile(topics.getFirst().value()), assignment);
    } else {
      consumer.subscribe(topics.stream().map(Text::value).toList(), assignment);
    }
  }

  private void poll() {
    boolean isOneFull = throttle();
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(isOneFull ? POLL_WHILE_FULL : POLL);
    for (TopicPartition partition : polled.partitions()) {
      Lane lane = assignment.lanes().get(partition);
      // A partition that was taken away during the poll has no lane any more.
      if (lane != null) {
        List<SourceRecord> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
          records.add(KafkaRecords.of(record));
        }
        lane.offer(records);
      }
    }
  }

  /// Pauses the partitions of full lanes and resumes the others.
  ///
  /// @return whether one is full
  private boolean throttle() {
    List<TopicPartition> full = new ArrayList<>();
    List<TopicPartition> open = new ArrayList<>();
    assignment.lanes().forEach((partition, lane) -> (lane.isFull() ? full : open).add(partition));
    consumer.pause(full);
    consumer.resume(open);
    return !full.isEmpty();
  }

  private void commit() {
    if (System.nanoTime() - committedAt < COMMIT_INTERVAL.toNanos()) {
      return;
    }
    committedAt = System.nanoTime();
    assignment
        .lanes()
        .forEach((partition, lane) -> consumer.currentLag(partition).ifPresent(lane::setUnread));
    Map<TopicPartition, Progress> done = new HashMap<>();
    assignment.lanes().forEach((partition, lane) -> done.put(partition, lane.progress()));
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    done.forEach(
        (partition, progress) -> {
          if (!progress.equals(committed.get(partition))) {
            offsets.put(partition, assignment.offset(progress));
          }
        });
    committed = done;
    if (!offsets.isEmpty()) {
      // One that fails is made good by the next, or by reading those events again.
      consumer.commitAsync(
          offsets,
          (_, failure) -> {
            if (failure != null) {
              committed.keySet().removeAll(offsets.keySet());
            }
          });
    }
  }

  private void look(Intake intake) {
    if (System.nanoTime() - lookedAt < LOOK_INTERVAL.toNanos()) {
      return;
    }
    try {
      if (assignment.lanes().isEmpty()) {
        requireTopics();
      } else {
        consumer.endOffsets(assignment.lanes().keySet(), ANSWER_MAX);
      }
      intake.reachable();
    } catch (RetriableException | SourceException e) {
      intake.unreachable(
          e instanceof SourceException
              ? String.valueOf(e.getMessage())
              : "brokers: "
                  + clients.definition().bootstrap()
                  + ": "
                  + e.getMessage()
                  + " (expected: an answer)");
    }
    lookedAt = System.nanoTime();
  }

  @Override
  public void stop() {
    isStopped = true;
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE_MAX));
  }

  static SourceException failed(KafkaClients clients, KafkaException cause) {
    Throwable below = cause.getCause();
    String detail = cause.getMessage() + (below == null ? "" : ": " + below.getMessage());
    return new SourceException(
        "brokers: "
            + clients.definition().bootstrap()
            + ", topics: "
            + clients.definition().topics()
            + ": "
            + detail
            + " (expected: Kafka that lets this pipeline read)",
        cause);
  }
}
