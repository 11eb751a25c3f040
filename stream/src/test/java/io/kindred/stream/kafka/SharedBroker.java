package io.kindred.stream.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// One broker for all tests that leave it running, started by the first and ended with the tests'
/// process. Each test has topics of its own.
public final class SharedBroker {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private SharedBroker() {}

  private static final class Holder {
    private static final KafkaBroker BROKER = start();

    private static KafkaBroker start() {
      try {
        Path directory = Files.createTempDirectory("kindred-broker");
        KafkaBroker broker = KafkaBroker.start(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(broker, directory)));
        return broker;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void end(KafkaBroker broker, Path directory) {
      broker.close();
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public static KafkaBroker get() {
    return Holder.BROKER;
  }

  /// A new topic with a name of its own.
  public static String topic(int partitions) {
    String name = "topic-" + TOPICS.incrementAndGet();
    get().createTopic(name, partitions);
    return name;
  }
}
