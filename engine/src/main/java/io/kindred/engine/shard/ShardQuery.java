package io.kindred.engine.shard;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.Key;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.segment.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A search request that was checked against a table. Immutable.
///
/// @param field index of the vector field
/// @param vector of the field's dimension
/// @param filter which rows may match, with what the partition asks of them; or null
/// @param partition the only one whose rows may match, or null
/// @param distanceMax what is farther is no match
public record ShardQuery(
    Schema schema,
    int field,
    float[] vector,
    int k,
    @Nullable BoundFilter filter,
    @Nullable OfPartition partition,
    List<Key> exclude,
    @Nullable BloomFilter bloom,
    float distanceMax,
    Effort effort,
    boolean isExplained,
    long nowMillis) {

  /// A partition, and what is asked of its rows.
  ///
  /// @param value of the `partition_by` field, in UTF-8
  /// @param filter that its rows have to match, or null
  public record OfPartition(byte[] value, @Nullable BoundFilter filter) {}

  Metric metric() {
    return schema.vectorSpec(field).metric();
  }
}
