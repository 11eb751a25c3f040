package io.kindred.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.store.StoreVerifier;
import io.kindred.stream.dead.DeadLetterFile;
import io.kindred.stream.kafka.KafkaBroker;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills Kindred, and now and then the broker, again and again while events flow; afterwards the
/// table is, bit by bit, that of a run that nothing happened to, and the dead letters are the same.
/// `-Dkindred.suite.rounds=20` kills more often; `-Dseed=42` chooses the events and the moments.
@Timeout(36_000)
final class PipelineCrashTest {
  private static final int PARTITIONS = 3;
  private static final int USERS = 200;
  private static final int EVENTS_A_ROUND = 6000;

  /// Where all events are done already, a process has nothing to be killed at.
  private static final int LINES_MAX = 1000;

  @TempDir private Path directory;

  private final Instant start = Instant.now().minusSeconds(3000);

  private String pipeline(KafkaBroker broker, String group, Path letters) {
    return """
        pipeline: p
        source: {kafka: {bootstrap: "%s", topics: events, group: %s}}
        event:
          fields:
            user: {type: string, required: true}
            item: {type: string, required: true}
            action: {type: string, required: true, one_of: [view, buy]}
            at: {type: timestamp, required: true}
          time: at
          late_by: 30s
        steps:
          - map: {weight: "action == 'buy' ? 5.0 : 1.0"}
          - lookup: {table: items, key: item, vector: embedding, as: liked}
          - taste: {vector: liked.embedding, into: embedding, weight: weight, half_life: 10m}
          - seen: {id: item, into: seen, capacity: 50}
          - count: {into: clicks, windows: {clicks_1h: 1h, clicks_1d: 1d}}
        sink: {table: users, key: user, fields: {last_action: action}}
        dead_letters: {file: "%s"}
        retry: {first: 50ms, most: 1s, attempts: 5}
        """
        .formatted(broker.bootstrap(), group, letters);
  }

  /// One event in fifty is malformed, and one is late by chance; times go back and forth.
  private String event(Random random, int number) {
    if (random.nextInt(50) == 0) {
      return "nonsense " + number;
    }
    long back = random.nextInt(50) == 0 ? 40_000 : random.nextInt(5000);
    String keyed =
        KafkaPipelineTest.event(
            "user-" + random.nextInt(USERS),
            random.nextInt(101),
            random.nextBoolean() ? "buy" : "view",
            start.plusMillis(number * 20L - back));
    return keyed.substring(keyed.indexOf('|') + 1);
  }

  @Test
  void theTableIsThatOfARunThatNothingHappenedTo() throws Exception {
    int rounds = Integer.getInteger("kindred.suite.rounds", 3);
    Long asked = Long.getLong("seed");
    long seed = asked == null ? System.nanoTime() : asked;
    System.out.printf("pipeline: %d rounds, seed %d%n", rounds, seed);
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("broker"))) {
      broker.createTopic("events", PARTITIONS);
      Path crashed = directory.resolve("crashed");
      killAgainAndAgain(broker, crashed, rounds, new Random(seed));

      Outcome expected = undisturbed(broker, directory.resolve("whole"), "undisturbed", rounds);
      Outcome found = undisturbed(broker, crashed, "crashed", rounds);

      assertThat(found.letters()).isEqualTo(expected.letters()).isNotEmpty();
      assertThat(found.rows()).hasSameSizeAs(expected.rows()).hasSizeGreaterThan(USERS / 2);
      for (int i = 0; i < expected.rows().size(); i++) {
        assertThat(found.rows().get(i))
            .usingRecursiveComparison()
            .ignoringFields("version")
            .isEqualTo(expected.rows().get(i));
      }
      assertThat(StoreVerifier.verify(crashed.resolve("store"), _ -> {})).isEmpty();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e, e);
    }
  }

  private void killAgainAndAgain(KafkaBroker broker, Path crashed, int rounds, Random random)
      throws Exception {
    AtomicBoolean isEnded = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Random events = new Random(random.nextLong());
    Thread load =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    produce(broker, rounds * EVENTS_A_ROUND, events);
                  } catch (RuntimeException e) {
                    failure.set(e);
                  } finally {
                    isEnded.set(true);
                  }
                });
    for (int round = 0; round < rounds; round++) {
      killed(broker, crashed, random);
      if (round % 2 == 1) {
        broker.kill();
        broker.restart();
      }
    }
    load.join();
    assertThat(failure.get()).isNull();
  }

  /// The producer sends each event once and in its order, also across a restart of the broker.
  private void produce(KafkaBroker broker, int count, Random random) {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      for (int i = 0; i < count; i++) {
        String event = event(random, i);
        // All events of a user are in one partition, as with a key.
        int user = event.startsWith("{") ? event.substring(0, 20).hashCode() : i;
        var _ =
            producer.send(
                new ProducerRecord<>(
                    "events", Math.floorMod(user, PARTITIONS), null, event.getBytes(UTF_8)));
        if (i % 20 == 0) {
          // About what a round does, so that events come all the while.
          java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
      }
      producer.flush();
    }
  }

  private void killed(KafkaBroker broker, Path crashed, Random random) throws Exception {
    int busyLinesMax = 2 + random.nextInt(150);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingPipeline.class.getName(),
                crashed.toString(),
                pipeline(broker, "crashed", crashed.resolve("dead.jsonl")))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = child.inputReader(UTF_8)) {
      int lines = 0;
      int busyLines = 0;
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        boolean isCount = line.chars().allMatch(Character::isDigit);
        lines += isCount ? 1 : 0;
        busyLines += isCount && !line.equals("0") ? 1 : 0;
        if (busyLines == busyLinesMax || lines == LINES_MAX) {
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
      child.waitFor();
    }
  }

  /// What a pipeline has made of all events.
  ///
  /// @param letters places and codes of the dead letters
  private record Outcome(List<StoredRow> rows, Set<String> letters) {}

  private Outcome undisturbed(KafkaBroker broker, Path where, String group, int rounds)
      throws Exception {
    try (Fixture fixture = Fixture.open(where)) {
      Path letters = where.resolve("dead.jsonl");
      fixture.pipelines.add("p.yaml", pipeline(broker, group, letters));
      fixture.awaitStatus(
          "p",
          it ->
              it.partitions().size() == PARTITIONS
                  && it.partitions().stream().mapToLong(PipelineStatus.Partition::next).sum()
                      == (long) rounds * EVENTS_A_ROUND);
      return new Outcome(rows(fixture), letters(letters));
    }
  }

  /// Some may be there twice: a letter comes before the position is acknowledged.
  private static Set<String> letters(Path path) throws InterruptedException {
    Set<String> letters = new TreeSet<>();
    try (DeadLetterFile file = DeadLetterFile.open(path.toString())) {
      file.read(
          Map.of(),
          (it, _, _, _) -> letters.add(it.event().position() + " " + it.rejection().code()));
    }
    return letters;
  }

  private static List<StoredRow> rows(Fixture fixture) {
    List<StoredRow> rows = new ArrayList<>();
    Key after = null;
    do {
      ScanPage page = fixture.store.table("users").scan(after, 1000, null, Projection.ALL);
      rows.addAll(page.rows());
      after = page.next();
    } while (after != null);
    return rows;
  }
}
