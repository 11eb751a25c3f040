package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Key;
import io.kindred.engine.Limits;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Store;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.engine.store.CrashingWriter.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What a [CrashingWriter] has announced and been answered, and so what its store must hold. Owned
/// by one thread.
final class CrashLedger {
  private static final int SEARCHES = 40;

  /// By key: the change that made its row, or 0 where it has none.
  private final Map<Long, Long> rows = new HashMap<>();

  /// The same for the table that comes and goes; null while there is none.
  private @Nullable Map<Long, Long> rowsAgain;

  /// By writer: what it had announced, but not been answered.
  private final Map<String, Change> unanswered = new HashMap<>();

  /// By writer: its last change with an operation id.
  private final Map<String, Change> operations = new HashMap<>();

  private int answered;

  private record Change(Kind kind, long number, List<Long> keys) {
    /// What the rows hold once it was answered.
    long result() {
      return switch (kind) {
        case DELETE, DELETE_PUT_DELETE, PUT_EXPIRING, CREATE_TABLE, DROP_TABLE -> 0;
        case PUT, UPDATE, DELETE_PUT, PUT_IF, PUT_OPERATION -> number;
      };
    }

    /// Whether it may leave a row so when it was not answered.
    boolean mayLeave(long key, long found) {
      boolean isOnTheWay = kind == Kind.DELETE_PUT_DELETE && found == number;
      boolean isDeletedFirst = kind == Kind.DELETE_PUT && found == 0;
      return keys.contains(key) && (found == result() || isOnTheWay || isDeletedFirst);
    }
  }

  /// Changes answered so far.
  int answered() {
    return answered;
  }

  /// Takes a line `writer kind number key,key… end` of an announcement, or `writer done` of an
  /// answer. The last line may be cut.
  void take(String line) {
    assertThat(line).doesNotStartWith("FAILED");
    String[] words = line.split(" ", -1);
    if (words.length == 5 && words[4].equals("end")) {
      List<Long> keys = Arrays.stream(words[3].split(",", -1)).map(Long::valueOf).toList();
      unanswered.put(words[0], new Change(Kind.valueOf(words[1]), Long.parseLong(words[2]), keys));
    } else if (words.length == 2 && words[1].equals("done")) {
      answer(words[0], Objects.requireNonNull(unanswered.remove(words[0]), line));
    }
  }

  private void answer(String writer, Change change) {
    answered++;
    switch (change.kind()) {
      case CREATE_TABLE -> rowsAgain = new HashMap<>();
      case DROP_TABLE -> rowsAgain = null;
      case PUT,
          UPDATE,
          DELETE,
          DELETE_PUT_DELETE,
          DELETE_PUT,
          PUT_EXPIRING,
          PUT_IF,
          PUT_OPERATION ->
          change.keys().forEach(key -> rowsOf(writer).put(key, change.result()));
    }
    if (change.kind() == Kind.PUT_OPERATION) {
      operations.put(writer, change);
    }
  }

  private Map<Long, Long> rowsOf(String writer) {
    return writer.equals("2") ? Objects.requireNonNull(rowsAgain) : rows;
  }

  /// Compares everything, the first read first; what was not answered counts from now on as it is
  /// found.
  void check(Store store) {
    checkTable(store.table(CrashingWriter.TABLE), rows, CrashingWriter.KEYS);
    checkAgain(store);
    retry(store.table(CrashingWriter.TABLE));
    unanswered.clear();
  }

  private void checkAgain(Store store) {
    boolean isThere =
        store.tables().stream().anyMatch(t -> t.spec().name().equals(CrashingWriter.TABLE_AGAIN));
    Change change = unanswered.get("2");
    Kind kind = change == null ? null : change.kind();
    if (isThere && rowsAgain == null) {
      assertThat(kind)
          .as("a table that was dropped, or never created")
          .isEqualTo(Kind.CREATE_TABLE);
      rowsAgain = new HashMap<>();
    }
    if (!isThere && rowsAgain != null) {
      assertThat(kind).as("a table that was created").isEqualTo(Kind.DROP_TABLE);
      rowsAgain = null;
    }
    Map<Long, Long> expected = rowsAgain;
    if (expected != null) {
      checkTable(store.table(CrashingWriter.TABLE_AGAIN), expected, CrashingWriter.KEYS_AGAIN);
    }
  }

  private void checkTable(Table table, Map<Long, Long> expected, long keys) {
    for (long key = 0; key < keys; key++) {
      long number = number(key, table.get(Key.of(key), Projection.ALL).orElse(null));
      if (number != expected.getOrDefault(key, 0L)) {
        long wanted = key;
        assertThat(unanswered.values().stream().anyMatch(change -> change.mayLeave(wanted, number)))
            .as("key %d: change %d (expected: %d)", key, number, expected.getOrDefault(key, 0L))
            .isTrue();
        expected.put(key, number);
      }
    }
    List<Long> live =
        LongStream.range(0, keys)
            .boxed()
            .filter(key -> expected.getOrDefault(key, 0L) > 0)
            .toList();
    assertThat(table.info().rowCount()).as("rows").isEqualTo(live.size());
    assertThat(table.scan(null, Limits.SCAN_ROWS_MAX, null, Projection.KEY).rows())
        .extracting(StoredRow::key)
        .containsExactlyElementsOf(live.stream().map(Key::of).toList());
    checkVectors(table, expected, keys);
    for (int i = 0; i < Math.min(SEARCHES, live.size()); i++) {
      long key = live.get((int) ((long) i * live.size() / SEARCHES) % live.size());
      checkSearch(table, key, expected.getOrDefault(key, 0L), live.size());
    }
  }

  /// The change that made a row; 0 where there is none.
  private static long number(long key, @Nullable StoredRow row) {
    if (row == null) {
      return 0;
    }
    long number = ((Value.Int64) Objects.requireNonNull(row.fields().get("change"))).value();
    assertThat(row.vectors().get("place")).isEqualTo(CrashingWriter.vector(key, number));
    return number;
  }

  private static void checkVectors(Table table, Map<Long, Long> expected, long keyCount) {
    long[] keys = LongStream.range(0, keyCount).toArray();
    ByteBuffer buffer = ByteBuffer.allocate(keys.length * 16).order(ByteOrder.LITTLE_ENDIAN);
    int[] missing = table.getVectors(keys, "place", buffer);
    int[] absent =
        LongStream.of(keys)
            .filter(key -> expected.getOrDefault(key, 0L) == 0)
            .mapToInt(key -> (int) key)
            .toArray();
    assertThat(missing).isEqualTo(absent);
    buffer.flip();
    float[] vector = new float[4];
    for (long key : keys) {
      buffer.slice((int) key * 16, 16).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
      long number = expected.getOrDefault(key, 0L);
      assertThat(vector).isEqualTo(number == 0 ? new float[4] : CrashingWriter.vector(key, number));
    }
  }

  private static void checkSearch(Table table, long key, long number, int live) {
    var matches = table.search(SearchRequest.of(CrashingWriter.vector(key, number), 10)).matches();
    assertThat(matches).hasSize(Math.min(10, live));
    assertThat(matches.getFirst().key()).isEqualTo(Key.of(key));
    assertThat(matches.getFirst().score()).isZero();
  }

  /// An operation whose reply was lost is applied once, whether it had been applied or not; one
  /// that was answered changes nothing any more.
  private void retry(Table table) {
    operations.forEach((_, change) -> send(table, change));
    unanswered.forEach(
        (writer, change) -> {
          if (change.kind() == Kind.PUT_OPERATION) {
            send(table, change);
            change.keys().forEach(key -> rows.put(key, change.number()));
            operations.put(writer, change);
          }
        });
    for (long key = 0; key < CrashingWriter.KEYS; key++) {
      assertThat(number(key, table.get(Key.of(key), Projection.ALL).orElse(null)))
          .as("key %d after a retry", key)
          .isEqualTo(rows.getOrDefault(key, 0L));
    }
  }

  private static void send(Table table, Change change) {
    WriteResult result =
        table.write(CrashingWriter.operation(change.number(), change.keys())).join();
    assertThat(result.applied()).isEqualTo(change.keys().size());
    assertThat(result.rejected()).isEmpty();
  }
}
