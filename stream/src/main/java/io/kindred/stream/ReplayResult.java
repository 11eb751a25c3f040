package io.kindred.stream;

/// What became of dead letters that were replayed. Immutable.
///
/// @param replayed letters that were taken through the pipeline again
/// @param applied those that are durable and searchable now
/// @param dropped those that a filter left out, or that had nothing to change
/// @param rejected those that were put aside again
public record ReplayResult(long replayed, long applied, long dropped, long rejected) {}
