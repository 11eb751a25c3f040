package io.kindred.engine.shard;

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
public record ShardQuery(
    Schema schema,
    int field,
    float[] vector,
    int k,
    @Nullable BoundFilter filter,
    List<Key> exclude,
    Effort effort,
    long nowMillis) {
  Metric metric() {
    return schema.vectorSpec(field).metric();
  }
}
