package io.kindred.stream;

/// A pipeline's new generation. Immutable.
///
/// @param start where each partition begins
/// @param consequence what it means for the rows, for whoever asked for it
public record ResetResult(long generation, StartAt start, String consequence) {}
