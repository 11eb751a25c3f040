package io.kindred.engine;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row as it is stored: what a read returns. Immutable.
///
/// @param version the log position of the change that wrote the row; the `expectedVersion` of a
///   conditional write
/// @param vectors empty where the read did not ask for vectors
/// @param fields declared fields that have a value; empty where the read did not ask for fields
/// @param metadata free metadata; empty where the read did not ask for fields
public record StoredRow(
    Key key,
    long version,
    Map<String, float[]> vectors,
    Map<String, Value> fields,
    Map<String, Value> metadata,
    @Nullable Instant eventTime,
    @Nullable Instant expiry) {}
