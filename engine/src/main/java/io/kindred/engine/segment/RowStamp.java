package io.kindred.engine.segment;

/// What applying a change adds to a row. Immutable.
///
/// @param version the log position of the change
/// @param expiryMillis milliseconds since 1970, or `Long.MAX_VALUE`
public record RowStamp(long version, long expiryMillis) {}
