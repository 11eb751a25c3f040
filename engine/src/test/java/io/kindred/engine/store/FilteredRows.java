package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.Durability;
import io.kindred.engine.Explanation;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Quantization;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.segment.SeenKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A table under test beside its rows: searches it at random, under everything that can keep a row
/// out. Owned by one thread.
final class FilteredRows {
  static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private static final int DIMENSION = 16;
  private static final int BATCH = 1_000;
  private static final double TOLERANCE = 1e-4;
  private static final List<String> CITIES =
      List.of("berlin", "paris", "rome", "oslo", "são paulo");

  /// Shares of rows that filters let pass, from the rung of a few rows to that of all.
  private static final double[] SHARES = {0.001, 0.005, 0.02, 0.1, 0.3, 0.5, 0.8, 1};

  private final Table table;
  private final Metric metric;
  private final boolean isExactIndex;
  private final boolean hasLists;
  private final boolean hasCodes;
  private final boolean hasGraph;
  private final Random random;
  private final ManualClock clock;
  private final Map<Key, Kept> rows = new HashMap<>();
  private final Set<String> paths = new TreeSet<>();
  private int keyCount;
  private long found;
  private long expected;

  /// @param rank of a row among all, at random, from 0 to 1
  /// @param side as `rank`, but near rows have near ones
  private record Kept(
      float[] vector, double rank, double side, @Nullable String city, long expiresAtMillis) {}

  /// A condition that rows have to meet, as the engine and as the model sees it.
  private record Condition(@Nullable Filter filter, Predicate<Kept> test) {}

  private record Hit(Key key, double score) {}

  FilteredRows(Store store, IndexSpec index, Metric metric, Random random, ManualClock clock) {
    this.metric = metric;
    this.isExactIndex = index instanceof IndexSpec.Flat;
    this.hasLists = index instanceof IndexSpec.Ivf;
    this.hasCodes =
        index instanceof IndexSpec.Hnsw graph && graph.quantization() != Quantization.NONE;
    this.hasGraph = index instanceof IndexSpec.Hnsw;
    this.random = random;
    this.clock = clock;
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("rank", FieldType.FLOAT64);
    fields.put("side", FieldType.FLOAT64);
    fields.put("city", FieldType.STRING);
    this.table =
        store.createTable(
            new TableSpec(
                "t",
                random.nextBoolean() ? KeyType.STRING : KeyType.UINT64,
                Map.of("v", new VectorSpec(DIMENSION, metric, index)),
                fields,
                "city",
                null,
                Durability.BUFFERED,
                // In one shard, the largest partition is large enough for a graph of its own.
                hasGraph ? 1 : 1 + random.nextInt(2)));
  }

  /// Puts new rows, and some in place of others.
  void put(int count) {
    for (int from = 0; from < count; from += BATCH) {
      Map<Key, Row> batch = new LinkedHashMap<>();
      for (int i = from; i < Math.min(count, from + BATCH); i++) {
        int number = keyCount > 0 && random.nextInt(4) == 0 ? random.nextInt(keyCount) : keyCount++;
        Key key = key(number);
        Kept row = row();
        rows.put(key, row);
        batch.put(key, toRow(key, row));
      }
      table.write(new Mutation.Put(List.copyOf(batch.values()), null)).join();
    }
  }

  private Key key(int number) {
    return table.spec().key() == KeyType.STRING ? Key.of("item-" + number) : Key.of(number);
  }

  private Kept row() {
    float[] vector = vector();
    return new Kept(
        vector,
        random.nextDouble(),
        Math.clamp(0.5 + vector[0] / 6, 0, 1),
        city(),
        random.nextInt(10) == 0 ? clock.millis() + TIME_TO_LIVE.toMillis() : Long.MAX_VALUE);
  }

  private @Nullable String city() {
    int city = random.nextInt(100);
    return city < 75 ? CITIES.get(0) : city < 90 ? CITIES.get(1 + city % 4) : null;
  }

  /// Moves rows into another partition, where they keep their vectors.
  void moveSome(double share) {
    List<Row> moved = new ArrayList<>();
    for (Key key : rows.keySet().stream().sorted().toList()) {
      Kept row = rows.get(key);
      if (row != null && row.expiresAtMillis() > clock.millis() && random.nextDouble() < share) {
        String city = CITIES.get(random.nextInt(CITIES.size()));
        rows.put(key, new Kept(row.vector(), row.rank(), row.side(), city, row.expiresAtMillis()));
        moved.add(Row.of(key, Map.of(), Map.of("city", Value.of(city)), Map.of()));
      }
    }
    for (int from = 0; from < moved.size(); from += BATCH) {
      List<Row> batch = moved.subList(from, Math.min(moved.size(), from + BATCH));
      table.write(new Mutation.Update(batch, null)).join();
    }
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static Row toRow(Key key, Kept row) {
    Map<String, Value> fields = new HashMap<>();
    fields.put("rank", Value.of(row.rank()));
    fields.put("side", Value.of(row.side()));
    if (row.city() != null) {
      fields.put("city", Value.of(row.city()));
    }
    return new Row(
        key,
        Map.of("v", row.vector()),
        fields,
        Map.of(),
        null,
        row.expiresAtMillis() == Long.MAX_VALUE ? null : TIME_TO_LIVE,
        null);
  }

  void deleteSome(double share) {
    List<Key> gone = new ArrayList<>();
    for (Key key : rows.keySet().stream().sorted().toList()) {
      if (random.nextDouble() < share) {
        gone.add(key);
      }
    }
    gone.forEach(rows::remove);
    for (int from = 0; from < gone.size(); from += BATCH) {
      List<Key> batch = gone.subList(from, Math.min(gone.size(), from + BATCH));
      table.write(new Mutation.Delete(batch, null)).join();
    }
  }

  void fold() {
    table.fold();
  }

  void searchAll(int count) {
    for (int i = 0; i < count; i++) {
      search();
    }
  }

  private void search() {
    Condition condition = condition();
    String partition =
        random.nextInt(3) == 0 ? CITIES.get(random.nextInt(5) * random.nextInt(2)) : null;
    if (partition != null && random.nextInt(10) == 0) {
      partition = "nowhere";
    }
    List<Key> exclude = exclude();
    BloomFilter bloom = random.nextInt(4) == 0 ? bloom() : null;
    float[] query = vector();
    int k = List.of(1, 10, 10, 50).get(random.nextInt(4));
    List<Hit> hits = hits(query, condition, partition, exclude, bloom);
    Float minScore = random.nextInt(6) == 0 && !hits.isEmpty() ? bound(hits) : null;
    Effort effort =
        switch (random.nextInt(6)) {
          case 0 -> new Effort.Exact();
          case 1 -> hasLists ? new Effort.Probes(16) : new Effort.BeamWidth(64);
          default -> Effort.Recall.DEFAULT;
        };
    SearchRequest request =
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(query),
            k,
            condition.filter(),
            partition,
            exclude,
            minScore,
            effort,
            null,
            Projection.KEY,
            bloom,
            random.nextInt(4) == 0);
    SearchResult result = table.search(request);
    paths.add(result.stats().path());
    try {
      check(request, result, hits);
      checkExplanation(request, result);
    } catch (AssertionError e) {
      throw new AssertionError(
          "k %d, filter %s, partition %s, excluded %d, bloom %s, min_score %s, %s, %s, may match %d"
              .formatted(
                  k,
                  condition.filter(),
                  partition,
                  exclude.size(),
                  bloom != null,
                  minScore,
                  effort,
                  result.stats(),
                  hits.size()),
          e);
    }
  }

  /// One of few, so that filters come again.
  private Condition condition() {
    double share = SHARES[random.nextInt(SHARES.length)];
    return switch (random.nextInt(6)) {
      case 0 -> new Condition(null, row -> true);
      case 1, 2 -> new Condition(new Filter.Lt("rank", Value.of(share)), row -> row.rank() < share);
      case 3 ->
          new Condition(
              new Filter.Gte("side", Value.of(1 - share)), row -> row.side() >= 1 - share);
      case 4 ->
          new Condition(
              new Filter.And(
                  List.of(
                      new Filter.In("city", List.of(Value.of("paris"), Value.of("rome"))),
                      new Filter.Lt("rank", Value.of(share)))),
              row ->
                  ("paris".equals(row.city()) || "rome".equals(row.city())) && row.rank() < share);
      default -> {
        // Never the same again: no bits are kept of it.
        double bound = share - random.nextDouble() * 1e-9;
        yield new Condition(new Filter.Lt("rank", Value.of(bound)), row -> row.rank() < bound);
      }
    };
  }

  private List<Key> exclude() {
    List<Key> keys = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      int count = random.nextInt(200);
      for (int i = 0; i < count; i++) {
        keys.add(key(random.nextInt(keyCount)));
      }
    }
    return keys;
  }

  /// From one that holds a few keys to one that holds nearly all.
  private BloomFilter bloom() {
    int bits = 64 << random.nextInt(12);
    SeenKeys seen = new SeenKeys(bits, 1 + random.nextInt(6));
    int count = random.nextInt(1 + bits / 4);
    for (int i = 0; i < count; i++) {
      seen.add(key(random.nextInt(keyCount)));
    }
    return seen.filter();
  }

  private Float bound(List<Hit> hits) {
    double score = hits.get(random.nextInt(Math.min(100, hits.size()))).score();
    return (float) score;
  }

  /// The rows that may match, nearest first.
  private List<Hit> hits(
      float[] query,
      Condition condition,
      @Nullable String partition,
      List<Key> exclude,
      @Nullable BloomFilter bloom) {
    Set<Key> excluded = new HashSet<>(exclude);
    List<Hit> hits = new ArrayList<>();
    rows.forEach(
        (key, row) -> {
          if (row.expiresAtMillis() > clock.millis()
              && condition.test().test(row)
              && (partition == null || partition.equals(row.city()))
              && !excluded.contains(key)
              && (bloom == null || !bloom.mayContain(SeenKeys.hash(key)))) {
            hits.add(new Hit(key, score(query, row.vector())));
          }
        });
    Comparator<Hit> byScore = Comparator.comparingDouble(Hit::score);
    hits.sort(metric.isSimilarity() ? byScore.reversed() : byScore);
    return hits;
  }

  private double score(float[] a, float[] b) {
    double dot = 0;
    double squares = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squares += (double) (a[i] - b[i]) * (a[i] - b[i]);
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
    }
    return switch (metric) {
      case L2 -> squares;
      case DOT -> dot;
      case COSINE -> dot / Math.sqrt(ofA * ofB);
    };
  }

  private void check(SearchRequest request, SearchResult result, List<Hit> hits) {
    Map<Key, Double> scores = HashMap.newHashMap(hits.size());
    hits.forEach(hit -> scores.put(hit.key(), hit.score()));
    Set<Key> seen = new HashSet<>();
    double before = metric.isSimilarity() ? Double.MAX_VALUE : -Double.MAX_VALUE;
    for (SearchResult.Match match : result.matches()) {
      assertThat(seen.add(match.key())).as("%s comes once", match.key()).isTrue();
      assertThat(scores).as("may match").containsKey(match.key());
      assertThat(Math.abs(match.score() - scores.getOrDefault(match.key(), Double.NaN)))
          .isLessThan(TOLERANCE * 100);
      assertThat(isNearer(before, match.score()) || before == match.score()).isTrue();
      before = match.score();
    }
    Float bound = request.minScore();
    List<Hit> near = bound == null ? hits : within(hits, bound);
    int wanted = Math.min(request.k(), near.size());
    if (bound == null) {
      assertThat(result.matches()).hasSize(wanted);
    } else {
      for (SearchResult.Match match : result.matches()) {
        assertThat(isNearer(match.score(), bound) || match.score() == bound).isTrue();
      }
    }
    if (wanted == 0) {
      return;
    }
    double farthest = near.get(wanted - 1).score();
    long good =
        result.matches().stream()
            .filter(
                match ->
                    isNearer(match.score(), farthest)
                        || Math.abs(match.score() - farthest)
                            < TOLERANCE * (1 + Math.abs(farthest)))
            .count();
    if (isExactIndex || request.effort() instanceof Effort.Exact) {
      // What lies on the bound may be on either side of it after rounding.
      assertThat(good).isGreaterThanOrEqualTo(bound == null ? wanted : wanted - 1);
    }
    found += Math.min(good, wanted);
    expected += wanted;
  }

  private List<Hit> within(List<Hit> hits, float bound) {
    return hits.stream().filter(hit -> isNearer(hit.score(), bound)).toList();
  }

  private boolean isNearer(double score, double other) {
    return metric.isSimilarity() ? score > other : score < other;
  }

  private static void checkExplanation(SearchRequest request, SearchResult result) {
    Explanation explanation = result.explanation();
    assertThat(explanation != null).isEqualTo(request.isExplained());
    if (explanation != null) {
      assertThat(explanation.parts()).isNotEmpty();
      assertThat(explanation.parts().stream().mapToLong(Explanation.Part::visited).sum())
          .isEqualTo(result.stats().visited());
      for (Explanation.Part part : explanation.parts()) {
        assertThat(part.reason()).isNotEmpty();
        assertThat(part.candidates()).isBetween(0L, part.rows());
      }
    }
  }

  /// The share of the rows that had to be found that was.
  double recall() {
    return (double) found / expected;
  }

  /// Checks that the searches took every way that the index has.
  void requirePaths() {
    assertThat(paths).contains("partition");
    if (isExactIndex) {
      assertThat(paths).contains("flat");
    } else {
      assertThat(paths)
          .contains("matching", "exact")
          .containsAnyOf("graph", "filtered_graph", "lists");
      if (hasCodes) {
        assertThat(paths).contains("codes");
      }
      if (hasGraph) {
        assertThat(paths).contains("partition_graph");
      }
    }
  }
}
