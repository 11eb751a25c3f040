package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Rows that two writers change, and what readers may see of them meanwhile. Thread-safe.
///
/// The vector of a row is made of one number, its place, so a torn one shows; a place is used once,
/// so a search for it finds one row. The first keys always have a row; the others come and go.
final class MovingRows {
  static final int DIMENSION = 6;
  private static final int WRITERS = 2;
  private static final int KEYS = 200;
  private static final int KEYS_KEPT = 60;
  private static final int CHANGES = 500;
  private static final int NEAREST = 25;

  private final Table table;
  private final AtomicInteger writing = new AtomicInteger(WRITERS);
  private final AtomicInteger nextPlace = new AtomicInteger(1);

  /// By key: the place of its row, or 0 where it has none; negative while it is being changed.
  private final AtomicLongArray places = new AtomicLongArray(KEYS);

  /// By key: how often it was changed, so that a reader sees whether a key stood still.
  private final AtomicLongArray changes = new AtomicLongArray(KEYS);

  MovingRows(Table table) {
    this.table = table;
    for (int key = 0; key < KEYS_KEPT; key++) {
      put(key, nextPlace.getAndIncrement());
    }
  }

  /// Makes one writer's changes; each is seen at once.
  void write(int writer) {
    try {
      Random random = new Random(writer);
      for (int i = 0; i < CHANGES; i++) {
        int key = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
        if (key >= KEYS_KEPT && random.nextInt(3) == 0) {
          delete(key);
        } else if (places.get(key) > 0 && random.nextBoolean()) {
          update(key, nextPlace.getAndIncrement());
        } else {
          put(key, nextPlace.getAndIncrement());
        }
        requireSeen(key);
      }
    } finally {
      writing.decrementAndGet();
    }
  }

  /// Puts some rows anew.
  void putSome(int count) {
    for (int key = 0; key < count; key++) {
      put(key, nextPlace.getAndIncrement());
    }
  }

  private void put(int key, int place) {
    change(key, place, new Mutation.Put(List.of(row(key, place)), null));
  }

  private void update(int key, int place) {
    change(key, place, new Mutation.Update(List.of(row(key, place)), null));
  }

  private void delete(int key) {
    change(key, 0, new Mutation.Delete(List.of(Key.of(key)), null));
  }

  private void change(int key, int place, Mutation mutation) {
    long before = places.get(key);
    changes.incrementAndGet(key);
    places.set(key, -1);
    WriteResult result = write(mutation);
    assertThat(result.applied()).isEqualTo(before == 0 && place == 0 ? 0 : 1);
    places.set(key, place);
    changes.incrementAndGet(key);
  }

  private WriteResult write(Mutation mutation) {
    while (true) {
      try {
        return table.write(mutation).join();
      } catch (KindredException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
        table.fold();
      }
    }
  }

  private static Row row(int key, int place) {
    return Row.of(
        Key.of(key),
        Map.of("place", vector(place)),
        Map.of("mark", Value.of(place)),
        Map.of("key", Value.of(key)));
  }

  private static float[] vector(long place) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = place + i;
    }
    return vector;
  }

  private void requireSeen(int key) {
    long place = places.get(key);
    StoredRow row = table.get(Key.of(key), Projection.ALL).orElse(null);
    requireRow(key, place, row);
    if (place > 0) {
      SearchResult result = search(vector(place), 1);
      assertThat(result.matches()).hasSize(1);
      assertThat(result.matches().getFirst().key()).isEqualTo(Key.of(key));
      assertThat(result.matches().getFirst().score()).isZero();
    }
  }

  private SearchResult search(float[] query, int k) {
    return table.search(
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(query),
            k,
            null,
            null,
            List.of(),
            null,
            new SearchRequest.Effort.Exact(),
            null,
            Projection.ALL));
  }

  /// Compares a row with the place that its key has, if it is known.
  private static void requireRow(int key, long place, @Nullable StoredRow row) {
    if (place >= 0) {
      assertThat(row == null)
          .as("key %d without a row, place %d", key, place)
          .isEqualTo(place == 0);
    }
    if (row == null) {
      return;
    }
    float[] vector = Objects.requireNonNull(row.vectors().get("place"));
    assertThat(vector).isEqualTo(vector((long) vector[0]));
    assertThat(row.fields().get("mark")).isEqualTo(Value.of((long) vector[0]));
    assertThat(row.metadata().get("key")).isEqualTo(Value.of(key));
    if (place > 0) {
      assertThat(vector[0]).isEqualTo((float) place);
    }
  }

  /// Repeats something until the writers have ended, and once more.
  void untilWritten(Runnable action) {
    boolean isLast;
    do {
      isLast = writing.get() == 0;
      action.run();
    } while (!isLast);
  }

  void readUntilWritten() {
    Random random = new Random(7);
    untilWritten(() -> read(random));
  }

  private void read(Random random) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      keys.add(Key.of(random.nextInt(KEYS)));
    }
    Snapshot before = new Snapshot();
    ByteBuffer buffer =
        ByteBuffer.allocate(keys.size() * DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int[] missing = table.getVectors(keys, "place", buffer);
    Set<Integer> without = new HashSet<>();
    for (int index : missing) {
      without.add(index);
    }
    buffer.flip();
    for (int i = 0; i < keys.size(); i++) {
      float[] vector = new float[DIMENSION];
      buffer.asFloatBuffer().get(vector);
      buffer.position(buffer.position() + DIMENSION * Float.BYTES);
      int key = (int) ((Key.Uint64) keys.get(i)).value();
      boolean isMissing = without.contains(i);
      assertThat(vector).isEqualTo(isMissing ? new float[DIMENSION] : vector((long) vector[0]));
      if (key < KEYS_KEPT || before.stoodStill(key)) {
        assertThat(isMissing).as("key %d is missing", key).isEqualTo(before.places[key] == 0);
      }
    }
    for (Key key : keys) {
      Snapshot now = new Snapshot();
      int number = (int) ((Key.Uint64) key).value();
      StoredRow row = table.get(key, Projection.ALL).orElse(null);
      requireRow(number, now.stoodStill(number) ? now.places[number] : -1, row);
    }
  }

  void searchUntilWritten() {
    Random random = new Random(8);
    untilWritten(() -> search(random));
  }

  private void search(Random random) {
    Snapshot before = new Snapshot();
    SearchResult result = search(vector(random.nextInt(nextPlace.get())), NEAREST);
    Set<Key> seen = new HashSet<>();
    for (SearchResult.Match match : result.matches()) {
      int key = (int) ((Key.Uint64) match.key()).value();
      assertThat(seen.add(match.key())).as("key %d is found once", key).isTrue();
      boolean isKnown = before.stoodStill(key);
      requireRow(key, isKnown ? before.places[key] : -1, match.row());
    }
    assertThat(result.matches()).hasSize(NEAREST);
  }

  void scanUntilWritten() {
    Random random = new Random(9);
    untilWritten(() -> scan(1 + random.nextInt(60)));
  }

  private void scan(int limit) {
    Snapshot before = new Snapshot();
    List<StoredRow> rows = new ArrayList<>();
    Key next = null;
    do {
      ScanPage page = table.scan(next, limit, null, Projection.ALL);
      rows.addAll(page.rows());
      next = page.next();
    } while (next != null);
    assertThat(rows).extracting(StoredRow::key).isSorted().doesNotHaveDuplicates();
    Map<Key, StoredRow> byKey = new java.util.HashMap<>();
    rows.forEach(row -> byKey.put(row.key(), row));
    for (int key = 0; key < KEYS; key++) {
      StoredRow row = byKey.get(Key.of(key));
      assertThat(row != null || key >= KEYS_KEPT).as("key %d is found", key).isTrue();
      requireRow(key, before.stoodStill(key) ? before.places[key] : -1, row);
    }
  }

  /// Compares everything, once nothing changes any more.
  void checkAll(Table reopened) {
    for (int key = 0; key < KEYS; key++) {
      requireRow(key, places.get(key), reopened.get(Key.of(key), Projection.ALL).orElse(null));
    }
    assertThat(reopened.info().rowCount()).isEqualTo(liveCount());
  }

  long liveCount() {
    long count = 0;
    for (int key = 0; key < KEYS; key++) {
      count += places.get(key) > 0 ? 1 : 0;
    }
    return count;
  }

  /// The places as they were before a read.
  private final class Snapshot {
    final long[] places = new long[KEYS];
    private final long[] changesBefore = new long[KEYS];

    Snapshot() {
      for (int key = 0; key < KEYS; key++) {
        changesBefore[key] = changes.get(key);
        places[key] = MovingRows.this.places.get(key);
      }
    }

    /// Whether a key was not changed from before the read until now.
    boolean stoodStill(int key) {
      return places[key] >= 0
          && changesBefore[key] % 2 == 0
          && changes.get(key) == changesBefore[key];
    }
  }
}
