package io.kindred.engine;

/// The store as it stands. Immutable.
///
/// @param committedPosition the last record that is in the log
/// @param appliedPosition the last record that reads see
/// @param oldestPosition the first record that the log still holds
/// @param memoryBytes off-heap memory of the deltas
public record StoreInfo(
    long logId,
    long committedPosition,
    long appliedPosition,
    long oldestPosition,
    long logBytes,
    long memoryBytes) {}
