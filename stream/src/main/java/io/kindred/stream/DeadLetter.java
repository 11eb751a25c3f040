package io.kindred.stream;

import java.time.Instant;

/// An event that could not be processed, as it came, and why. Immutable.
///
/// @param at when it was put aside
public record DeadLetter(String pipeline, SourceRecord event, Rejection rejection, Instant at) {}
