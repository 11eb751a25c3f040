package io.kindred.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.disk.FileDisk;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that appends, and looks for what it had acknowledged.
@Timeout(120)
final class LogCrashTest {
  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 3_000;

  @TempDir Path directory;

  @Test
  void everyAcknowledgedRecordIsThereAfterTheProcessWasKilled() throws Exception {
    Map<Long, String> acknowledged = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged.putAll(appendUntilKilled(round));
      assertThat(recordsAfterRestart()).containsAllEntriesOf(acknowledged);
      assertThat(LocalLog.verify(new FileDisk(), directory).tornBytes()).isZero();
    }
    assertThat(acknowledged).hasSizeGreaterThan(ROUNDS * ACKNOWLEDGED_BEFORE_KILL - 1);
  }

  private Map<Long, String> appendUntilKilled(int round) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString(),
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Map<Long, String> acknowledged = new HashMap<>();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      while (line != null) {
        // The last line may be cut: it was not acknowledged.
        String[] words = line.split(" ", -1);
        if (words.length == 3) {
          acknowledged.put(Long.parseLong(words[0]), words[1]);
        }
        if (acknowledged.size() == ACKNOWLEDGED_BEFORE_KILL) {
          // By its handle: the process itself would close the output that is still to be read.
          child.toHandle().destroyForcibly();
        }
        line = output.readLine();
      }
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("killed, not ended").isNotZero();
    return acknowledged;
  }

  private Map<Long, String> recordsAfterRestart() {
    Map<Long, String> records = new HashMap<>();
    Collector collector = new Collector();
    try (LocalLog log = LocalLog.open(new FileDisk(), directory, LocalLog.Options.standard())) {
      log.start(log.oldestPosition(), collector);
    }
    collector.applied().forEach(record -> records.put(record.position(), record.text()));
    return records;
  }

  /// The process that is killed: appends without end, and prints each acknowledged record as
  /// `position text end`.
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      LocalLog.Options options =
          new LocalLog.Options(
              20_000,
              1_000,
              1 << 20,
              java.time.InstantSource.system(),
              io.kindred.engine.StoreListener.NONE);
      Semaphore waiting = new Semaphore(64);
      LocalLog log = LocalLog.open(new FileDisk(), Path.of(arguments[0]), options);
      log.start(log.committedPosition() + 1, new Printing(waiting));
      for (long i = 0; ; i++) {
        waiting.acquire();
        String text = "round-" + arguments[1] + "-" + i + "-" + "x".repeat((int) (i * 7 % 300));
        Durability durability = i % 4 == 0 ? Durability.BUFFERED : Durability.SYNCED;
        log.append(LogFixture.payload(text), durability, text);
      }
    }
  }

  private record Printing(Semaphore waiting, List<String> lines) implements Log.Subscriber {
    private static final PrintStream OUTPUT = System.out;

    Printing(Semaphore waiting) {
      this(waiting, new ArrayList<>());
    }

    @Override
    public void apply(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      OUTPUT.println(position + " " + attachment + " end");
      OUTPUT.flush();
      waiting.release();
    }

    @Override
    public void failed(Object attachment, RuntimeException cause) {
      throw cause;
    }
  }
}
