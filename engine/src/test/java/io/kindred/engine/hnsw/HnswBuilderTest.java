package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Metric;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Crew;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.Vectors;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HnswBuilderTest {
  /// Of the frame and the graph; the latter tells how long the build took.
  private static final int HEADERS = 64 + HnswLayout.HEADER_BYTES;

  private final Arena arena = Arena.ofShared();
  @TempDir Path directory;

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void anInterruptedBuildEndsAndLeavesNoFile() {
    Vectors vectors = Vectors.clustered(3_000, 16, 1, arena);
    Path file = directory.resolve("graph");
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      HnswBuilder builder =
          new HnswBuilder(
              Graphs.input(Metric.L2, vectors, Presence.ALL, Graphs.SMALL), executor, 2);
      assertThatThrownBy(
              () -> {
                try (SealedFile.Writer writer = Graphs.writer(file)) {
                  Thread.currentThread().interrupt();
                  builder.build(writer);
                }
              })
          .isInstanceOf(InterruptedException.class);
    }
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void withoutAnyOtherThreadTheCallingOneBuilds() throws InterruptedException {
    Vectors vectors = Vectors.clustered(1_000, 16, 1, arena);
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    Executor forgetting = task -> {};
    for (Executor executor : List.of(refusing, forgetting)) {
      Path file = directory.resolve("graph");
      try (SealedFile.Writer writer = Graphs.writer(file)) {
        new HnswBuilder(Graphs.input(Metric.L2, vectors, Presence.ALL, Graphs.SMALL), executor, 4)
            .build(writer);
        writer.seal();
      }
      HnswIndex index = Graphs.open(Metric.L2, vectors, file, arena);
      assertThat(index.findViolation(Presence.ALL)).isEmpty();
    }
  }

  @Test
  void aGraphBuiltByOneThreadIsTheSameEveryTime() throws Exception {
    Vectors vectors = Vectors.clustered(1_500, 16, 8, arena);
    byte[][] files = new byte[2][];
    for (int i = 0; i < 2; i++) {
      Path file = directory.resolve("graph" + i);
      try (SealedFile.Writer writer = Graphs.writer(file)) {
        new HnswBuilder(Graphs.input(Metric.L2, vectors, Presence.ALL, Graphs.SMALL), task -> {}, 1)
            .build(writer);
        writer.seal();
      }
      files[i] = Arrays.copyOfRange(Files.readAllBytes(file), HEADERS, HEADERS + 100_000);
    }
    assertThat(files[0]).isEqualTo(files[1]);
  }

  @Test
  void everyItemOfATaskRunsOnce() throws InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      Crew<AtomicInteger> crew =
          new Crew<>(
              executor, List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger()));
      for (int count : new int[] {0, 1, 2, 63, 1_000}) {
        AtomicInteger sum = new AtomicInteger();
        crew.run(count, (worker, item) -> sum.addAndGet(item + 1));
        assertThat(sum.get()).isEqualTo(count * (count + 1) / 2);
      }
    }
  }

  @Test
  void aFailureOfAnyWorkerReachesTheCaller() {
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      Crew<String> crew = new Crew<>(executor, List.of("a", "b"));
      assertThatThrownBy(
              () ->
                  crew.run(
                      100_000,
                      (worker, item) -> {
                        if (item == 77) {
                          throw new IllegalStateException("item " + item);
                        }
                      }))
          .hasMessage("item 77");
    }
  }
}
