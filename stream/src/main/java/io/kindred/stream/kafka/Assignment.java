package io.kindred.stream.kafka;

import io.kindred.stream.StartAt;
import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Lane;
import io.kindred.stream.source.Partition;
import io.kindred.stream.source.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The partitions that the group assigns to this member, each with its lane. Owned by the thread
/// that polls.
///
/// What is committed says the generation that it belongs to and the latest event time so far, so
/// that reading goes on as if it had never stopped.
final class Assignment implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);

  /// How long what was begun may take when a partition is taken away.
  private static final Duration FINISH_MAX = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final long generation;
  private final StartAt start;
  private final Map<TopicPartition, Lane> lanes = new LinkedHashMap<>();
  private @Nullable Intake intake;

  Assignment(KafkaConsumer<byte[], byte[]> consumer, long generation, StartAt start) {
    this.consumer = consumer;
    this.generation = generation;
    this.start = start;
  }

  void begin(Intake taker) {
    intake = taker;
  }

  Map<TopicPartition, Lane> lanes() {
    return lanes;
  }

  /// What is committed for progress.
  OffsetAndMetadata offset(Progress progress) {
    return new OffsetAndMetadata(
        progress.next(), "g=" + generation + " t=" + progress.latestMicros());
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed =
        consumer.committed(new HashSet<>(partitions));
    Map<TopicPartition, Progress> starts = new HashMap<>();
    Set<TopicPartition> fresh = new HashSet<>();
    for (TopicPartition partition : partitions) {
      Progress progress = progress(committed.get(partition));
      if (progress == null) {
        fresh.add(partition);
      } else {
        starts.put(partition, progress);
      }
    }
    offsets(fresh).forEach((partition, offset) -> starts.put(partition, Progress.from(offset)));
    Intake taker = intake;
    if (taker == null) {
      throw new IllegalStateException("assignment: not begun");
    }
    starts.forEach(
        (partition, progress) -> {
          consumer.seek(partition, progress.next());
          lanes.put(
              partition,
              taker.open(
                  new Partition(partition.topic(), partition.partition()),
                  partition.topic(),
                  progress));
        });
  }

  /// What a commit of this generation says, or null where there is none.
  private @Nullable Progress progress(@Nullable OffsetAndMetadata committed) {
    String prefix = "g=" + generation + " t=";
    if (committed == null || !committed.metadata().startsWith(prefix)) {
      return null;
    }
    return new Progress(
        committed.offset(), Long.parseLong(committed.metadata().substring(prefix.length())));
  }

  private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    return switch (start) {
      case StartAt.Earliest _ -> consumer.beginningOffsets(partitions);
      case StartAt.Latest _ -> consumer.endOffsets(partitions);
      case StartAt.Time time -> {
        Map<TopicPartition, Long> offsets = new HashMap<>(consumer.endOffsets(partitions));
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(it -> times.put(it, time.instant().toEpochMilli()));
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
            consumer.offsetsForTimes(times).entrySet()) {
          if (found.getValue() != null) {
            offsets.put(found.getKey(), found.getValue().offset());
          }
        }
        yield offsets;
      }
    };
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    finish(partitions);
  }

  /// The partitions belong to another member already: what was begun is given up, and is skipped
  /// where it was applied all the same.
  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Lane lane = lanes.remove(partition);
      if (lane != null) {
        finish(lane, Duration.ZERO);
      }
    }
  }

  void finishAll() {
    finish(List.copyOf(lanes.keySet()));
  }

  private void finish(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Lane lane = lanes.remove(partition);
      if (lane != null) {
        finish(lane, FINISH_MAX);
        offsets.put(partition, offset(lane.progress()));
      }
    }
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, FINISH_MAX);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.info(
          "kafka offsets not committed, to be read again partitions={} reason={}",
          offsets.keySet(),
          e.getMessage());
    }
  }

  private static void finish(Lane lane, Duration most) {
    try {
      lane.finish(most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
