package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.segment.KeyHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One table under test beside its model: makes random calls, and compares every answer. Owned by
/// one thread.
final class StoreModel {
  private static final int DONE_MAX = 6;
  private static final double TOLERANCE = 1e-4;

  /// Of all that searches of a crowded table should have found, at least this share is.
  private static final double RECALL_MIN = 0.8;

  /// Fewer would judge the recall of one query by itself.
  private static final long RECALL_ROWS_MIN = 1_000;

  private final Random random;
  private final RandomTables randoms;
  private final ManualClock clock;
  private final boolean isCrowded;
  private final Deque<Done> done = new ArrayDeque<>();
  private final Deque<Done> events = new ArrayDeque<>();
  private long nearestFound;
  private long nearestExpected;
  private TableModel model;
  private Table table;
  private @Nullable TableModel beforeDoubt;
  private long newestPosition;
  private int operationCount;
  private int sourceCount;
  private long nextOffset;

  /// A mutation with an origin, and its answer.
  private record Done(Mutation mutation, WriteResult result) {}

  /// @param randoms says whether there are so many rows that searches walk graphs and lists
  StoreModel(Random random, RandomTables randoms, ManualClock clock, Table table) {
    this.random = random;
    this.randoms = randoms;
    this.clock = clock;
    this.isCrowded = randoms.isCrowded();
    this.model = new TableModel(table.spec());
    this.table = table;
  }

  String name() {
    return model.spec().name();
  }

  /// Whether a write was not answered, so that nobody knows whether it is stored.
  boolean isInDoubt() {
    return beforeDoubt != null;
  }

  /// Goes on with the table of a store that was opened anew.
  void reopened(Table opened) {
    table = opened;
    TableModel before = beforeDoubt;
    beforeDoubt = null;
    if (before != null) {
      settleDoubt(before);
    }
    checkAll();
  }

  /// Makes one call.
  ///
  /// @return what it was, for the report of a failure
  String step() {
    return switch (random.nextInt(23)) {
      case 0, 1, 2, 3, 4, 5, 6 -> put();
      case 7, 8 -> update();
      case 9, 10 -> delete();
      case 11 ->
          random.nextInt(4) == 0
              ? write(new Mutation.DeleteWhere(randoms.filter(), origin(1)))
              : retry();
      case 12, 13 -> get();
      case 14 -> getVectors();
      case 15, 16, 17 -> search();
      case 18, 19 -> merge();
      case 20 -> replay();
      default -> scan();
    };
  }

  private String put() {
    List<Row> rows = randoms.rows(model, 20);
    return write(new Mutation.Put(rows, origin(rows.size())));
  }

  private String update() {
    List<Row> rows = randoms.rows(model, 10);
    return write(new Mutation.Update(rows, origin(rows.size())));
  }

  private String merge() {
    List<RowMerge> rows = randoms.merges(model.spec(), 30);
    return write(new Mutation.Merge(rows, origin(rows.size())));
  }

  private String delete() {
    List<Key> keys = randoms.keys(model.spec(), 8);
    return write(new Mutation.Delete(keys, origin(keys.size())));
  }

  /// Puts a crowd of rows.
  String crowd() {
    return write(new Mutation.Put(randoms.crowd(model.spec()), null));
  }

  /// Makes one change.
  void writeSome() {
    switch (random.nextInt(9)) {
      case 0 -> update();
      case 1 -> delete();
      case 2 -> retry();
      case 3, 4 -> merge();
      case 5 -> replay();
      default -> put();
    }
  }

  private @Nullable Origin origin(int rows) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Origin.Operation("operation-" + operationCount++);
      case 2, 3, 4 -> {
        long[] offsets = new long[rows];
        for (int i = 0; i < rows; i++) {
          offsets[i] = nextOffset;
          nextOffset += i == rows - 1 ? 1 : random.nextInt(3);
        }
        yield new Origin.Events("source-" + sourceCount, random.nextInt(2), offsets);
      }
      default -> null;
    };
  }

  private String write(Mutation mutation) {
    TableModel before = model.copy();
    TableModel.Expected expected = apply(mutation);
    WriteResult result;
    try {
      result = table.write(mutation).orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException | KindredException e) {
      if (isOverload(e)) {
        model = before;
        return "refused until a fold: " + fold();
      }
      beforeDoubt = before;
      // Nobody knows how far its source was applied.
      sourceCount++;
      events.clear();
      return "write not answered: " + e.getMessage();
    }
    check(expected, result);
    settleVersions(result.token().position());
    switch (mutation.origin()) {
      case Origin.Operation _ -> remember(new Done(mutation, result), done);
      case Origin.Events _ -> remember(new Done(mutation, result), events);
      case null -> {}
    }
    return mutation.getClass().getSimpleName() + " " + result;
  }

  private static void remember(Done answered, Deque<Done> all) {
    all.addLast(answered);
    if (all.size() > DONE_MAX) {
      all.removeFirst();
    }
  }

  private String fold() {
    try {
      table.fold();
      return "done";
    } catch (KindredException e) {
      return e.getMessage() == null ? "refused" : e.getMessage();
    }
  }

  /// Nothing is stored then.
  private static boolean isOverload(RuntimeException e) {
    return e instanceof KindredException refused && refused.code() == ErrorCode.OVERLOADED;
  }

  private TableModel.Expected apply(Mutation mutation) {
    long now = clock.millis();
    return switch (mutation) {
      case Mutation.Put(List<Row> rows, _) -> model.put(rows, now);
      case Mutation.Merge(List<RowMerge> rows, _) -> model.merge(rows, now);
      case Mutation.Update(List<Row> rows, _) -> model.update(rows, now);
      case Mutation.Delete(List<Key> keys, _) -> model.delete(keys, now);
      case Mutation.DeleteWhere(Filter filter, _) -> model.deleteWhere(filter, now);
    };
  }

  private static void check(TableModel.Expected expected, WriteResult result) {
    assertThat(result.repeated()).isZero();
    assertThat(result.applied()).isEqualTo(expected.applied());
    assertThat(result.stale()).isEqualTo(expected.stale());
    assertThat(result.missing()).isEqualTo(expected.missing());
    assertThat(result.rejected())
        .extracting(WriteResult.Rejection::index)
        .isEqualTo(expected.rejected());
  }

  /// Learns the versions of the rows just written: all of one shard have the same, a later one than
  /// any before.
  private void settleVersions(long position) {
    for (Key key : List.copyOf(model.rows().keySet())) {
      TableModel.ModelRow row = Objects.requireNonNull(model.rows().get(key));
      if (row.version() == TableModel.UNKNOWN && row.expiryMillis() > clock.millis()) {
        long version = table.get(key, Projection.KEY).orElseThrow().version();
        assertThat(version).isBetween(newestPosition + 1, position);
        model.rows().put(key, row.at(version));
      }
    }
    newestPosition = Math.max(newestPosition, position);
  }

  /// Sends a mutation again: it changes nothing, and has the same answer.
  private String retry() {
    if (done.isEmpty()) {
      return "nothing to retry";
    }
    Done earlier = List.copyOf(done).get(random.nextInt(done.size()));
    WriteResult result;
    try {
      result = table.write(earlier.mutation()).orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException | KindredException e) {
      if (isOverload(e)) {
        return "refused until a fold";
      }
      beforeDoubt = model.copy();
      return "retry not answered: " + e.getMessage();
    }
    assertThat(result)
        .usingRecursiveComparison()
        .ignoringFields("token")
        .isEqualTo(earlier.result());
    newestPosition = Math.max(newestPosition, result.token().position());
    return "retry " + earlier.mutation().origin();
  }

  /// Sends events again: they change nothing, and what was rejected is rejected again.
  private String replay() {
    if (events.isEmpty()) {
      return "no events to replay";
    }
    Done earlier = List.copyOf(events).get(random.nextInt(events.size()));
    WriteResult result;
    try {
      result = table.write(earlier.mutation()).orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException | KindredException e) {
      if (isOverload(e)) {
        return "refused until a fold";
      }
      beforeDoubt = model.copy();
      return "replay not answered: " + e.getMessage();
    }
    Origin.Events origin = (Origin.Events) Objects.requireNonNull(earlier.mutation().origin());
    assertThat(result.applied()).isZero();
    assertThat(result.stale()).isZero();
    assertThat(result.missing()).isEmpty();
    assertThat(result.rejected()).isEqualTo(earlier.result().rejected());
    int shards = earlier.mutation() instanceof Mutation.DeleteWhere ? model.spec().shards() : 1;
    assertThat(result.repeated() + result.rejected().size())
        .isEqualTo(origin.offsets().length * shards);
    newestPosition = Math.max(newestPosition, result.token().position());
    return "replay " + origin.source() + " " + origin.partition();
  }

  private String get() {
    List<Key> keys = randoms.keys(model.spec(), 6);
    List<@Nullable StoredRow> rows = table.get(keys, Projection.ALL);
    for (int i = 0; i < keys.size(); i++) {
      requireEqual(keys.get(i), visible(keys.get(i)), rows.get(i));
    }
    Key key = keys.getFirst();
    requireEqual(key, visible(key), table.get(key, Projection.ALL).orElse(null));
    return "get " + keys;
  }

  private TableModel.@Nullable ModelRow visible(Key key) {
    return model.isVisible(key, clock.millis()) ? model.rows().get(key) : null;
  }

  private static void requireEqual(
      Key key, TableModel.@Nullable ModelRow expected, @Nullable StoredRow actual) {
    assertThat(TableModel.isEqual(expected, actual))
        .as("row of key %s: expected %s, actual %s", key, expected, actual)
        .isTrue();
  }

  private String getVectors() {
    String field = vectorField();
    if (field == null) {
      return "no vectors to get";
    }
    VectorSpec spec = Objects.requireNonNull(model.spec().vectors().get(field));
    List<Key> keys = randoms.keys(model.spec(), 20);
    ByteBuffer buffer =
        ByteBuffer.allocate(keys.size() * spec.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    int[] missing = table.getVectors(keys, field, buffer);
    List<Integer> expectedMissing = new ArrayList<>();
    buffer.flip();
    for (int i = 0; i < keys.size(); i++) {
      TableModel.ModelRow row = visible(keys.get(i));
      float[] expected = row == null ? null : row.vectors().get(field);
      if (expected == null) {
        expectedMissing.add(i);
      }
      float[] actual = new float[spec.dimension()];
      buffer.asFloatBuffer().get(actual);
      buffer.position(buffer.position() + spec.sizeBytes());
      assertThat(actual).isEqualTo(expected == null ? new float[spec.dimension()] : expected);
    }
    assertThat(missing).containsExactly(expectedMissing.stream().mapToInt(i -> i).toArray());
    return "get vectors " + keys;
  }

  private @Nullable String vectorField() {
    List<String> fields = List.copyOf(model.spec().vectors().keySet());
    return fields.isEmpty() ? null : fields.get(random.nextInt(fields.size()));
  }

  /// Searches, and compares what is found.
  String search() {
    String field = vectorField();
    if (field == null) {
      return "no vectors to search";
    }
    VectorSpec spec = Objects.requireNonNull(model.spec().vectors().get(field));
    float[] query = randoms.vector(spec.dimension());
    SearchRequest.Target target = new SearchRequest.Target.Vector(query);
    List<Key> exclude = random.nextInt(3) == 0 ? randoms.keys(model.spec(), 4) : List.of();
    List<Key> left = new ArrayList<>(exclude);
    Filter filter = random.nextInt(3) == 0 ? randoms.filter() : null;
    if (random.nextInt(4) == 0) {
      Key key = randoms.key(model.spec());
      target = new SearchRequest.Target.StoredKey(key);
      TableModel.ModelRow row = visible(key);
      float[] stored = row == null ? null : row.vectors().get(field);
      if (stored == null) {
        SearchRequest request = request(field, target, 3, filter, exclude, null);
        assertThatThrownBy(() -> table.search(request)).hasMessageContaining("id: " + key);
        return "search near a missing row";
      }
      query = stored;
      left.add(key);
    }
    List<TableModel.Hit> hits = model.nearest(field, query, filter, left, clock.millis());
    Float minScore = random.nextInt(4) == 0 && !hits.isEmpty() ? bound(hits) : null;
    SearchRequest request =
        request(field, target, 1 + random.nextInt(30), filter, exclude, minScore);
    check(request, spec.metric(), hits, table.search(request));
    return "search " + request;
  }

  private static SearchRequest request(
      String field,
      SearchRequest.Target target,
      int k,
      @Nullable Filter filter,
      List<Key> exclude,
      @Nullable Float minScore) {
    // But in a crowd, so few rows are compared exactly, whatever is asked for.
    SearchRequest.Effort effort =
        switch (k % 3) {
          case 0 -> new SearchRequest.Effort.Exact();
          case 1 -> SearchRequest.Effort.Recall.DEFAULT;
          default -> new SearchRequest.Effort.Recall(0.8);
        };
    return new SearchRequest(
        field, target, k, filter, null, exclude, minScore, effort, null, Projection.ALL);
  }

  /// A score that no row is too near to.
  private float bound(List<TableModel.Hit> hits) {
    double score = hits.get(random.nextInt(hits.size())).score();
    return (float) (score + (random.nextBoolean() ? 1e-2 : -1e-2));
  }

  private void check(
      SearchRequest request, Metric metric, List<TableModel.Hit> hits, SearchResult result) {
    Float bound = request.minScore();
    List<TableModel.Hit> passing = new ArrayList<>(hits);
    if (bound != null) {
      if (hits.stream()
          .anyMatch(hit -> Math.abs(hit.score() - bound) < TOLERANCE * (1 + Math.abs(bound)))) {
        return;
      }
      passing.removeIf(hit -> metric.isSimilarity() ? hit.score() < bound : hit.score() > bound);
    }
    boolean isExact = !isCrowded || request.effort() instanceof SearchRequest.Effort.Exact;
    List<SearchResult.Match> matches = result.matches();
    int expectedCount = Math.min(request.k(), passing.size());
    if (isExact || bound == null) {
      assertThat(matches).as("%s", request).hasSize(expectedCount);
    } else {
      // Within a bound, a walk finds rows with the recall that was asked for.
      assertThat(matches).hasSizeLessThanOrEqualTo(expectedCount);
    }
    Set<Key> seen = new HashSet<>();
    for (int i = 0; i < matches.size(); i++) {
      SearchResult.Match match = matches.get(i);
      if (isExact) {
        requireScore(match, passing.get(i).score());
      }
      assertThat(seen.add(match.key())).as("%s is found once", match.key()).isTrue();
      TableModel.Hit own =
          passing.stream().filter(hit -> hit.key().equals(match.key())).findFirst().orElse(null);
      assertThat(own).as("%s passes %s", match.key(), request).isNotNull();
      requireScore(match, Objects.requireNonNull(own).score());
      requireEqual(match.key(), visible(match.key()), match.row());
    }
    assertThat(matches)
        .extracting(match -> metric.isSimilarity() ? -match.score() : match.score())
        .isSorted();
    if (!isExact && bound == null && expectedCount > 0) {
      countFound(matches, passing.get(expectedCount - 1).score(), metric);
      nearestExpected += expectedCount;
    }
  }

  private static void requireScore(SearchResult.Match match, double expected) {
    assertThat((double) match.score())
        .as("score of %s", match.key())
        .isCloseTo(
            expected, org.assertj.core.data.Offset.offset(TOLERANCE * (1 + Math.abs(expected))));
  }

  /// Equal distances are common: what is as near as the last row that should be found counts.
  private void countFound(List<SearchResult.Match> matches, double last, Metric metric) {
    double tolerance = TOLERANCE * (1 + Math.abs(last));
    for (SearchResult.Match match : matches) {
      boolean isNear =
          metric.isSimilarity()
              ? match.score() >= last - tolerance
              : match.score() <= last + tolerance;
      nearestFound += isNear ? 1 : 0;
    }
  }

  private String scan() {
    Filter filter = random.nextInt(3) == 0 ? randoms.filter() : null;
    int limit = 1 + random.nextInt(random.nextBoolean() ? 5 : 200) + (isCrowded ? 500 : 0);
    Key after = random.nextInt(3) == 0 ? randoms.key(model.spec()) : null;
    checkScan(after, limit, filter);
    return "scan after " + after + " by " + limit + " where " + filter;
  }

  private void checkScan(@Nullable Key after, int limit, @Nullable Filter filter) {
    NavigableMap<Key, TableModel.ModelRow> expected = model.visible(filter, clock.millis());
    if (after != null) {
      expected = expected.tailMap(after, false);
    }
    List<StoredRow> rows = new ArrayList<>();
    Key next = after;
    do {
      ScanPage page = table.scan(next, limit, filter, Projection.ALL);
      assertThat(page.rows()).hasSizeLessThanOrEqualTo(limit);
      rows.addAll(page.rows());
      Key end = page.next();
      assertThat(end == null || next == null || end.compareTo(next) > 0).as("progress").isTrue();
      next = end;
    } while (next != null);
    assertThat(rows).extracting(StoredRow::key).containsExactlyElementsOf(expected.keySet());
    for (StoredRow row : rows) {
      requireEqual(row.key(), expected.get(row.key()), row);
    }
  }

  /// Compares everything.
  void checkAll() {
    checkScan(null, 1000, null);
    assertThat(table.info().rowCount()).isEqualTo(model.visible(null, clock.millis()).size());
    if (nearestExpected >= RECALL_ROWS_MIN) {
      assertThat((double) nearestFound / nearestExpected)
          .as("recall of %d rows", nearestExpected)
          .isGreaterThanOrEqualTo(RECALL_MIN);
    }
  }

  /// Takes, shard by shard, the state before the unanswered write or the one after it, whichever is
  /// there.
  private void settleDoubt(TableModel before) {
    TableModel after = model;
    TableModel settled = new TableModel(model.spec());
    NavigableMap<Key, StoredRow> actual = new TreeMap<>();
    table
        .scan(null, Limits.SCAN_ROWS_MAX, null, Projection.ALL)
        .rows()
        .forEach(row -> actual.put(row.key(), row));
    for (int shard = 0; shard < model.spec().shards(); shard++) {
      TableModel holding = holds(before, actual, shard) ? before : after;
      if (holding == after) {
        assertThat(holds(after, actual, shard))
            .as("shard %d is as before or as after the unanswered write", shard)
            .isTrue();
      }
      for (Key key : holding.rows().keySet()) {
        if (isIn(key, shard)) {
          TableModel.ModelRow row = Objects.requireNonNull(holding.rows().get(key));
          StoredRow stored = actual.get(key);
          settled.rows().put(key, stored == null ? row : row.at(stored.version()));
        }
      }
    }
    model = settled;
    newestPosition = actual.values().stream().mapToLong(StoredRow::version).max().orElse(0);
  }

  private boolean holds(TableModel candidate, NavigableMap<Key, StoredRow> actual, int shard) {
    NavigableMap<Key, TableModel.ModelRow> visible = candidate.visible(null, clock.millis());
    Set<Key> keys = new HashSet<>(visible.keySet());
    keys.addAll(actual.keySet());
    return keys.stream()
        .filter(key -> isIn(key, shard))
        .allMatch(key -> TableModel.isEqual(visible.get(key), actual.get(key)));
  }

  private boolean isIn(Key key, int shard) {
    return KeyHash.shard(KeyHash.slotKey(key), model.spec().shards()) == shard;
  }

  /// Lets some time go by.
  void advanceClock() {
    clock.advance(Duration.ofMillis(random.nextInt(3_000)));
  }
}
