package io.kindred.engine.store;

import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.filter.NaiveFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a table should hold, and answer: rows in a map, written for obviousness. Owned by one
/// thread.
final class TableModel {
  /// The version of a row whose position in the log is not known yet.
  static final long UNKNOWN = -1;

  private final TableSpec spec;
  private final NavigableMap<Key, ModelRow> rows = new TreeMap<>();

  TableModel(TableSpec spec) {
    this.spec = spec;
  }

  /// A copy, which goes its own way.
  TableModel copy() {
    TableModel copy = new TableModel(spec);
    copy.rows.putAll(rows);
    return copy;
  }

  /// A row as it should be stored. Immutable.
  record ModelRow(
      long version,
      Map<String, float[]> vectors,
      Map<String, Value> fields,
      Map<String, Value> metadata,
      @Nullable Instant eventTime,
      long expiryMillis) {
    ModelRow at(long otherVersion) {
      return new ModelRow(otherVersion, vectors, fields, metadata, eventTime, expiryMillis);
    }
  }

  /// What a write should answer.
  ///
  /// @param rejected indices
  record Expected(long applied, int stale, List<Integer> missing, List<Integer> rejected) {}

  TableSpec spec() {
    return spec;
  }

  NavigableMap<Key, ModelRow> rows() {
    return rows;
  }

  boolean isVisible(Key key, long nowMillis) {
    ModelRow row = rows.get(key);
    return row != null && row.expiryMillis() > nowMillis;
  }

  /// Rows that a read at this time returns.
  NavigableMap<Key, ModelRow> visible(@Nullable Filter filter, long nowMillis) {
    NavigableMap<Key, ModelRow> visible = new TreeMap<>();
    rows.forEach(
        (key, row) -> {
          if (row.expiryMillis() > nowMillis && (filter == null || matches(row, filter))) {
            visible.put(key, row);
          }
        });
    return visible;
  }

  private boolean matches(ModelRow row, Filter filter) {
    return new NaiveFilter(spec.fields().keySet(), row.fields(), row.metadata()).matches(filter);
  }

  Expected put(List<Row> batch, long nowMillis) {
    return write(batch, nowMillis, this::put);
  }

  Expected update(List<Row> batch, long nowMillis) {
    return write(batch, nowMillis, this::update);
  }

  private interface Change {
    /// @return whether it was applied, not rejected
    boolean make(Row row, long nowMillis);
  }

  private Expected write(List<Row> batch, long nowMillis, Change change) {
    long applied = 0;
    int stale = 0;
    List<Integer> rejected = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Row row = batch.get(i);
      boolean isVisible = isVisible(row.key(), nowMillis);
      ModelRow stored = isVisible ? rows.get(row.key()) : null;
      long version = stored == null ? 0 : stored.version();
      if (!isWellFormed(row)
          || (row.expectedVersion() != null && row.expectedVersion() != version)) {
        rejected.add(i);
      } else if (stored != null && isOlder(row.eventTime(), stored.eventTime())) {
        stale++;
      } else if (change.make(row, nowMillis)) {
        applied++;
      } else {
        rejected.add(i);
      }
    }
    return new Expected(applied, stale, List.of(), rejected);
  }

  private static boolean isOlder(@Nullable Instant change, @Nullable Instant stored) {
    return change != null && stored != null && change.isBefore(stored);
  }

  private boolean isWellFormed(Row row) {
    boolean hasKey = !(row.key() instanceof Key.Text(String text)) || !text.isEmpty();
    return hasKey && haveDimensions(row.vectors());
  }

  private boolean haveDimensions(Map<String, float[]> vectors) {
    return vectors.entrySet().stream()
        .allMatch(
            entry ->
                entry.getValue().length
                    == Objects.requireNonNull(spec.vectors().get(entry.getKey())).dimension());
  }

  private boolean put(Row row, long nowMillis) {
    Duration timeToLive = row.timeToLive() == null ? spec.timeToLive() : row.timeToLive();
    Map<String, Value> fields = new HashMap<>(row.fields());
    fields.values().removeIf(value -> value == Value.Null.NULL);
    rows.put(
        row.key(),
        new ModelRow(
            UNKNOWN,
            row.vectors(),
            fields,
            row.metadata(),
            row.eventTime(),
            timeToLive == null ? Long.MAX_VALUE : nowMillis + timeToLive.toMillis()));
    return true;
  }

  private boolean update(Row row, long nowMillis) {
    ModelRow stored = rows.get(row.key());
    if (stored == null || stored.expiryMillis() <= nowMillis) {
      return false;
    }
    Map<String, float[]> vectors = new HashMap<>(stored.vectors());
    vectors.putAll(row.vectors());
    Duration timeToLive = row.timeToLive();
    rows.put(
        row.key(),
        new ModelRow(
            UNKNOWN,
            vectors,
            merged(stored.fields(), row.fields()),
            merged(stored.metadata(), row.metadata()),
            row.eventTime() == null ? stored.eventTime() : row.eventTime(),
            timeToLive == null ? stored.expiryMillis() : nowMillis + timeToLive.toMillis()));
    return true;
  }

  private static Map<String, Value> merged(Map<String, Value> stored, Map<String, Value> changes) {
    Map<String, Value> merged = new LinkedHashMap<>(stored);
    changes.forEach(
        (name, value) -> {
          if (value == Value.Null.NULL) {
            merged.remove(name);
          } else {
            merged.put(name, value);
          }
        });
    return merged;
  }

  Expected merge(List<RowMerge> batch, long nowMillis) {
    long applied = 0;
    int stale = 0;
    List<Integer> missing = new ArrayList<>();
    List<Integer> rejected = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      RowMerge merge = batch.get(i);
      ModelRow stored = isVisible(merge.key(), nowMillis) ? rows.get(merge.key()) : null;
      MergeModel made = new MergeModel(spec, stored);
      if (!isWellFormed(merge)) {
        rejected.add(i);
      } else if (stored == null && MergeModel.onlyMovesTime(merge)) {
        missing.add(i);
      } else if (isMerged(made, merge)) {
        stale += made.isStale() ? 1 : 0;
        if (made.isApplied()) {
          applied++;
          rows.put(merge.key(), made.row(expiryMillis(merge, stored, nowMillis)));
        }
      } else {
        rejected.add(i);
      }
    }
    return new Expected(applied, stale, missing, rejected);
  }

  private static boolean isMerged(MergeModel model, RowMerge merge) {
    try {
      model.merge(merge);
      return true;
    } catch (KindredException e) {
      return false;
    }
  }

  private boolean isWellFormed(RowMerge merge) {
    return merge.operations().stream()
        .allMatch(
            operation ->
                !(operation instanceof MergeOperation.Assign assign)
                    || haveDimensions(assign.vectors()));
  }

  private long expiryMillis(RowMerge merge, @Nullable ModelRow stored, long nowMillis) {
    Duration given = merge.timeToLive();
    if (given == null && stored != null) {
      return stored.expiryMillis();
    }
    Duration timeToLive = given == null ? spec.timeToLive() : given;
    return timeToLive == null ? Long.MAX_VALUE : nowMillis + timeToLive.toMillis();
  }

  Expected delete(List<Key> keys, long nowMillis) {
    long applied = 0;
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (isVisible(keys.get(i), nowMillis)) {
        applied++;
      } else {
        missing.add(i);
      }
      rows.remove(keys.get(i));
    }
    return new Expected(applied, 0, missing, List.of());
  }

  Expected deleteWhere(Filter filter, long nowMillis) {
    List<Key> matching = List.copyOf(visible(filter, nowMillis).keySet());
    matching.forEach(rows::remove);
    return new Expected(matching.size(), 0, List.of(), List.of());
  }

  /// Whether a row that was read is the one that should be there; versions that are not known yet
  /// equal any.
  static boolean isEqual(@Nullable ModelRow expected, @Nullable StoredRow actual) {
    if (expected == null || actual == null) {
      return expected == null && actual == null;
    }
    Instant expiry = actual.expiry();
    return (expected.version() == UNKNOWN || expected.version() == actual.version())
        && haveEqualVectors(expected.vectors(), actual.vectors())
        && expected.fields().equals(actual.fields())
        && expected.metadata().equals(actual.metadata())
        && Objects.equals(expected.eventTime(), actual.eventTime())
        && expected.expiryMillis() == (expiry == null ? Long.MAX_VALUE : expiry.toEpochMilli());
  }

  private static boolean haveEqualVectors(Map<String, float[]> a, Map<String, float[]> b) {
    return a.keySet().equals(b.keySet())
        && a.keySet().stream().allMatch(name -> java.util.Arrays.equals(a.get(name), b.get(name)));
  }

  /// A row that a search should find. Immutable.
  record Hit(Key key, double score) {}

  /// All rows with a vector of the field, nearest first.
  List<Hit> nearest(
      String field, float[] query, @Nullable Filter filter, List<Key> exclude, long nowMillis) {
    Metric metric = Objects.requireNonNull(spec.vectors().get(field)).metric();
    List<Hit> hits = new ArrayList<>();
    visible(filter, nowMillis)
        .forEach(
            (key, row) -> {
              float[] vector = row.vectors().get(field);
              if (vector != null && !exclude.contains(key)) {
                hits.add(new Hit(key, score(metric, query, vector)));
              }
            });
    Comparator<Hit> byScore = Comparator.comparingDouble(Hit::score);
    hits.sort(metric.isSimilarity() ? byScore.reversed() : byScore);
    return hits;
  }

  static double score(Metric metric, float[] a, float[] b) {
    double dot = 0;
    double squares = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      lengthA += (double) a[i] * a[i];
      lengthB += (double) b[i] * b[i];
    }
    return switch (metric) {
      case L2 -> squares;
      case DOT -> dot;
      case COSINE -> dot / Math.sqrt(lengthA * lengthB);
    };
  }
}
