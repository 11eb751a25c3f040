package io.kindred.bench;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Gets of random keys from a folded table, on one thread. [GetCommand] says where the table is.
@State(Scope.Thread)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GetBenchmark {
  static final String DIRECTORY = "kindred.bench.directory";
  static final String ROWS = "kindred.bench.rows";
  static final String DIMENSION = "kindred.bench.dimension";
  static final String SEED = "kindred.bench.seed";
  static final int BATCH = 500;

  /// Keys asked for in turn: enough that their vectors leave every cache meanwhile.
  private static final int KEYS = 1 << 18;

  private @Nullable EmbeddedStore store;
  private @Nullable Table numbers;
  private @Nullable Table texts;
  private final long[] numberKeys = new long[KEYS];
  private final Key[] numberKeyObjects = new Key[KEYS];
  private final Key[] textKeys = new Key[KEYS];
  private final long[] oneNumber = new long[1];
  private final long[] manyNumbers = new long[BATCH];
  private final List<Key> manyTexts = new ArrayList<>();
  private ByteBuffer one = ByteBuffer.allocateDirect(0);
  private ByteBuffer many = ByteBuffer.allocateDirect(0);
  private int next;

  /// Opens the store and draws the keys.
  @Setup(Level.Trial)
  public void open() {
    Synthetic data = new Synthetic(Integer.getInteger(DIMENSION, 128), Long.getLong(SEED, 1));
    int rows = Integer.getInteger(ROWS, 1_000_000);
    EmbeddedStore opened = StoreDirectory.open(Path.of(System.getProperty(DIRECTORY, "")));
    store = opened;
    TablePlan ofNumbers = new TablePlan(data, KeyType.UINT64, "flat", rows);
    TablePlan ofTexts = new TablePlan(data, KeyType.STRING, "flat", rows);
    numbers = opened.table(ofNumbers.name());
    texts = opened.table(ofTexts.name());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < KEYS; i++) {
      long row = random.nextInt(rows);
      numberKeys[i] = data.number(row);
      numberKeyObjects[i] = ofNumbers.key(row);
      textKeys[i] = ofTexts.key(row);
    }
    for (int i = 0; i < BATCH; i++) {
      manyTexts.add(textKeys[i]);
    }
    one = ByteBuffer.allocateDirect(data.dimension() * Float.BYTES);
    many = ByteBuffer.allocateDirect(data.dimension() * Float.BYTES * BATCH);
  }

  /// Closes the store.
  @TearDown(Level.Trial)
  public void close() {
    if (store != null) {
      store.close();
    }
  }

  private int nextIndex() {
    next = (next + 1) & (KEYS - 1);
    return next;
  }

  private static Table opened(@Nullable Table table) {
    if (table == null) {
      throw new IllegalStateException("the store is not open");
    }
    return table;
  }

  /// The vector of one number key, copied into a buffer.
  @Benchmark
  public int[] vectorOfNumber() {
    oneNumber[0] = numberKeys[nextIndex()];
    return opened(numbers).getVectors(oneNumber, TablePlan.FIELD, one.clear());
  }

  /// The vector of one text key, copied into a buffer; the key is hashed and compared.
  @Benchmark
  public int[] vectorOfText() {
    return opened(texts).getVectors(List.of(textKeys[nextIndex()]), TablePlan.FIELD, one.clear());
  }

  /// A row with its vector as a new `float[]`.
  @Benchmark
  public Optional<StoredRow> rowOfNumber() {
    return opened(numbers).get(numberKeyObjects[nextIndex()], Projection.ALL);
  }

  /// A row with its vector as a new `float[]`.
  @Benchmark
  public Optional<StoredRow> rowOfText() {
    return opened(texts).get(textKeys[nextIndex()], Projection.ALL);
  }

  /// The vectors of 500 number keys, copied into a buffer.
  @Benchmark
  public int[] batchOfNumbers() {
    int start = next + BATCH <= KEYS ? next : 0;
    System.arraycopy(numberKeys, start, manyNumbers, 0, BATCH);
    next = start + BATCH;
    return opened(numbers).getVectors(manyNumbers, TablePlan.FIELD, many.clear());
  }

  /// The vectors of 500 text keys, copied into a buffer.
  @Benchmark
  public int[] batchOfTexts() {
    int start = next + BATCH <= KEYS ? next : 0;
    for (int i = 0; i < BATCH; i++) {
      manyTexts.set(i, textKeys[start + i]);
    }
    next = start + BATCH;
    return opened(texts).getVectors(manyTexts, TablePlan.FIELD, many.clear());
  }
}
