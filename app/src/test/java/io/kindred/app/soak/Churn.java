package io.kindred.app.soak;

import io.kindred.client.KindredClient;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetResponse;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.StoredRow;
import io.kindred.protocol.v1.WriteResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// Writes rows so that there are always as many: of five writes two replace rows, one adds some,
/// one deletes the oldest, and one adds rows that expire. Now and then it reads some back. Owned by
/// one thread; no other writes its keys.
final class Churn {
  private static final int READ_EVERY = 50;
  private static final int READ_ROWS = 10;

  /// Keys of rows that expire, which are never written again.
  private static final long EXPIRING = 1L << 40;

  /// By so much sooner or later than asked a row may be seen to expire.
  private static final long EXPIRY_MARGIN_NANOS = 1_000_000_000L;

  private final KindredClient client;
  private final SoakPlan plan;
  private final SoakRows rows;
  private final int number;
  private final Latencies latencies;
  private final SplittableRandom random;

  /// Writes of each row that lives, by its key's place in the order of creation.
  private final Map<Long, Long> written = new HashMap<>();

  private long oldest;
  private long next;
  private long nextExpiring;

  /// The last writes of rows that expire, from the oldest that may still be there.
  private final Deque<Expiring> expiring = new ArrayDeque<>();

  private record Expiring(long first, long askedNanos, long answeredNanos) {}

  Churn(KindredClient client, SoakPlan plan, int number, Latencies latencies, long seed) {
    this.client = client;
    this.plan = plan;
    this.rows = new SoakRows(plan.dimension());
    this.number = number;
    this.latencies = latencies;
    this.random = new SplittableRandom(seed + number);
  }

  /// Makes all rows that are to live.
  void fill() {
    while (next < plan.rowsOfWriter()) {
      add(Math.min(1_000, plan.rowsOfWriter() - next));
    }
  }

  /// Writes until it is told to end, at the plan's rate.
  ///
  /// @param acknowledged is told the rows of each write
  void run(BooleanSupplier isOver, LongConsumer acknowledged) {
    Pace pace = new Pace((double) plan.writesPerSecond() / plan.batchRows() / SoakPlan.WRITERS);
    for (long call = 0; !isOver.getAsBoolean(); call++) {
      long due = pace.next();
      write((int) (call % SoakPlan.KINDS_OF_WRITES));
      latencies.add(System.nanoTime() - due);
      acknowledged.accept(plan.batchRows());
      if (call % READ_EVERY == 0) {
        readBack();
      }
    }
  }

  private void write(int kind) {
    switch (kind) {
      case 0, 1 -> replace();
      case 2 -> add(plan.batchRows());
      case 3 -> deleteOldest();
      default -> addExpiring();
    }
  }

  private long key(long place) {
    return place * SoakPlan.WRITERS + number;
  }

  private static Key id(long key) {
    return Key.newBuilder().setNumber(key).build();
  }

  private void replace() {
    long first = oldest + random.nextLong(next - oldest - plan.batchRows());
    PutRequest.Builder put = PutRequest.newBuilder().setTable(SoakRows.TABLE);
    for (long place = first; place < first + plan.batchRows(); place++) {
      put.addRows(rows.row(key(place), written.merge(place, 1L, Long::sum)));
    }
    requireApplied(client.put(put.build()), plan.batchRows());
  }

  private void add(long count) {
    PutRequest.Builder put = PutRequest.newBuilder().setTable(SoakRows.TABLE);
    for (long end = next + count; next < end; next++) {
      put.addRows(rows.row(key(next), 1));
      written.put(next, 1L);
    }
    requireApplied(client.put(put.build()), count);
  }

  private void deleteOldest() {
    DeleteRequest.Builder delete = DeleteRequest.newBuilder().setTable(SoakRows.TABLE);
    for (long end = oldest + plan.batchRows(); oldest < end; oldest++) {
      delete.addIds(id(key(oldest)));
      written.remove(oldest);
    }
    requireApplied(client.delete(delete.build()), plan.batchRows());
  }

  private void addExpiring() {
    PutRequest.Builder put = PutRequest.newBuilder().setTable(SoakRows.TABLE);
    long first = nextExpiring;
    for (; nextExpiring < first + plan.batchRows(); nextExpiring++) {
      put.addRows(rows.expiring(EXPIRING + key(nextExpiring), plan.timeToLive()));
    }
    long asked = System.nanoTime();
    requireApplied(client.put(put.build()), plan.batchRows());
    expiring.addLast(new Expiring(first, asked, System.nanoTime()));
  }

  private static void requireApplied(WriteResponse answer, long count) {
    if (answer.getApplied() != count) {
      throw new AssertionError("applied: " + answer + " (expected: " + count + ")");
    }
  }

  /// Looks for rows that must be there, and for some that must not.
  private void readBack() {
    Map<Long, Long> expected = new HashMap<>();
    GetRequest.Builder get = GetRequest.newBuilder().setTable(SoakRows.TABLE);
    for (int i = 0; i < READ_ROWS; i++) {
      long place = oldest + random.nextLong(next - oldest);
      // A key that is asked for twice is answered twice.
      if (expected.put(key(place), written.get(place)) == null) {
        get.addIds(id(key(place)));
      }
      if (oldest > 0) {
        get.addIds(id(key(random.nextLong(oldest))));
      }
    }
    takeExpired().forEach(key -> get.addIds(id(key)));
    Expiring last = expiring.peekLast();
    if (last != null) {
      expected.put(EXPIRING + key(last.first), 1L);
      get.addIds(id(EXPIRING + key(last.first)));
    }
    GetResponse answer = client.get(get.build());
    boolean mayHaveExpired =
        last != null
            && System.nanoTime() - last.askedNanos
                > plan.timeToLive().toNanos() - EXPIRY_MARGIN_NANOS;
    if (!mayHaveExpired) {
      check(answer, expected);
    }
  }

  /// Keys that must have expired since the last call, one of each write.
  private List<Long> takeExpired() {
    long age = plan.timeToLive().toNanos() + EXPIRY_MARGIN_NANOS;
    List<Long> keys = new ArrayList<>();
    while (!expiring.isEmpty() && System.nanoTime() - expiring.getFirst().answeredNanos > age) {
      keys.add(EXPIRING + key(expiring.removeFirst().first));
    }
    return keys;
  }

  private void check(GetResponse answer, Map<Long, Long> expected) {
    for (StoredRow row : answer.getRowsList()) {
      long key = row.getId().getNumber();
      Long count = expected.remove(key);
      if (count == null) {
        throw new AssertionError("key " + key + " was deleted or had expired, and is back");
      }
      requireRow(row, key, count);
    }
    if (!expected.isEmpty()) {
      throw new AssertionError("keys not found: " + expected.keySet());
    }
  }

  private void requireRow(StoredRow row, long key, long count) {
    if (!rows.is(row, key, count)) {
      throw new AssertionError("key " + key + ": " + row + " (expected: write " + count + ")");
    }
  }

  /// The rows that have to be there once all that expires has: how often each was written.
  Map<Long, Long> expected() {
    Map<Long, Long> expected = new HashMap<>();
    written.forEach((place, count) -> expected.put(key(place), count));
    return expected;
  }
}
