package io.kindred.engine;

import io.kindred.engine.filter.Filter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One query against one vector field. Immutable; the engine checks it against the table.
///
/// @param field the vector field, or null for the table's only one
/// @param target what to search near
/// @param k how many matches, 1 to 10,000
/// @param filter which rows may match, or null for all
/// @param partition the value of the table's `partition_by` field, or null for all
/// @param exclude keys that must not be returned, at most 10,000
/// @param minScore for dot and cosine the least score, for l2 the largest distance; or null
/// @param effort how hard to look
/// @param version the table version to search, or null for the live one
/// @param bloom a set of keys that must not be returned, or null
/// @param isExplained whether the result tells how it was found
public record SearchRequest(
    @Nullable String field,
    Target target,
    int k,
    @Nullable Filter filter,
    @Nullable String partition,
    List<Key> exclude,
    @Nullable Float minScore,
    Effort effort,
    @Nullable String version,
    Projection projection,
    @Nullable BloomFilter bloom,
    boolean isExplained) {

  /// A request without a Bloom filter, that is not explained.
  public SearchRequest(
      @Nullable String field,
      Target target,
      int k,
      @Nullable Filter filter,
      @Nullable String partition,
      List<Key> exclude,
      @Nullable Float minScore,
      Effort effort,
      @Nullable String version,
      Projection projection) {
    this(
        field,
        target,
        k,
        filter,
        partition,
        exclude,
        minScore,
        effort,
        version,
        projection,
        null,
        false);
  }

  /// What a search looks near.
  public sealed interface Target {
    /// A query vector, with the field's dimension.
    record Vector(float[] values) implements Target {}

    /// The stored vector of a row, which is then left out of the matches.
    record StoredKey(Key key) implements Target {}
  }

  /// The trade of speed against recall.
  public sealed interface Effort {
    /// The least recall@k to expect, above 0 and below 1; met by parameters tuned when the index
    /// was built.
    record Recall(double value) implements Effort {
      public static final Recall DEFAULT = new Recall(0.95);
    }

    /// The beam width of a graph search, 1 to 10,000; at least `k` is used.
    record BeamWidth(int ef) implements Effort {}

    /// The lists that a search of inverted lists scans, 1 to 1,048,576; at most all there are.
    record Probes(int nprobe) implements Effort {}

    /// Every live row is compared.
    record Exact() implements Effort {}
  }

  /// A plain query: the k nearest rows, live version, default effort.
  public static SearchRequest of(float[] vector, int k) {
    return new SearchRequest(
        null,
        new Target.Vector(vector),
        k,
        null,
        null,
        List.of(),
        null,
        Effort.Recall.DEFAULT,
        null,
        Projection.KEY);
  }
}
