package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Projection;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Writers, readers, searches, scans, folds and checkpoints of one table at once. Ends with the
/// writers, who make a fixed number of changes.
@Timeout(120)
@ExtendWith(VerifiedStores.class)
class StoreConcurrencyTest {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final Path SIZES = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;

  @TempDir Path directory;

  private static TableSpec spec(IndexSpec index, int shards) {
    return new TableSpec(
        "moving",
        KeyType.UINT64,
        Map.of("place", new VectorSpec(MovingRows.DIMENSION, Metric.L2, index)),
        Map.of("mark", FieldType.INT64),
        null,
        null,
        Durability.BUFFERED,
        shards);
  }

  @Test
  void everyAnswerIsOneThatTheRowsHadWhileTheyMove() throws Exception {
    run(spec(new IndexSpec.Hnsw(4, 16), 2), 150);
  }

  @Test
  void everyAnswerIsOneThatTheRowsHadWhileSmallDeltasSwitchAllTheTime() throws Exception {
    run(spec(new IndexSpec.Flat(), 1), 12);
  }

  private void run(TableSpec spec, int deltaRowsMax) throws Exception {
    MovingRows rows;
    StoreOptions options = StoreOptions.at(directory).withDeltaRowsMax(deltaRowsMax);
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      Table table = store.createTable(spec);
      rows = new MovingRows(table);
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        List<Future<?>> done = new ArrayList<>();
        done.add(threads.submit(() -> rows.write(0)));
        done.add(threads.submit(() -> rows.write(1)));
        done.add(threads.submit(rows::readUntilWritten));
        done.add(threads.submit(rows::searchUntilWritten));
        done.add(threads.submit(rows::scanUntilWritten));
        done.add(threads.submit(() -> rows.untilWritten(table::fold)));
        done.add(threads.submit(() -> rows.untilWritten(store::checkpoint)));
        for (Future<?> one : done) {
          one.get(100, TimeUnit.SECONDS);
        }
      }
      rows.checkAll(table);
      assertThat(table.info().rowCount()).isEqualTo(rows.liveCount());
    }
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      rows.checkAll(store.table("moving"));
    }
  }

  @Test
  void nothingStaysMappedAndNoMemoryReservedAfterManyFolds() throws Exception {
    assumeTrue(Files.isReadable(MAPS), "needs " + MAPS);
    long before = reservedBytes();
    StoreOptions options = StoreOptions.at(directory).withDeltaRowsMax(50);
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      Table table = store.createTable(spec(new IndexSpec.Hnsw(4, 16), 2));
      MovingRows rows = new MovingRows(table);
      long afterFirst = 0;
      for (int round = 0; round < 40; round++) {
        rows.putSome(30);
        table.get(Key.of(1), Projection.ALL);
        table.fold();
        store.checkpoint();
        if (round == 3) {
          afterFirst = reservedBytes();
        }
      }
      // A delta reserves gigabytes, of which it uses little: one that stays would show.
      assertThat(reservedBytes() - afterFirst).isLessThan(8L << 30);
    }
    assertThat(Files.readAllLines(MAPS)).noneMatch(line -> line.contains(directory.toString()));
    assertThat(reservedBytes() - before).isLessThan(2L << 30);
  }

  /// Address space of this process.
  private static long reservedBytes() throws Exception {
    String first = Files.readString(SIZES).split(" ", 2)[0];
    return Long.parseLong(first) * PAGE_BYTES;
  }
}
