package io.kindred.engine.shard;

/// The log that a shard's files are made from, as it was when the store was opened. Immutable.
///
/// @param start the log holds every record from here on that any shard may still need
/// @param lastPosition of its newest record
public record LogBounds(long id, long start, long lastPosition) {}
