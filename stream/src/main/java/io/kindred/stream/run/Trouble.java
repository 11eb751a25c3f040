package io.kindred.stream.run;

import java.time.Instant;

/// Something that fails and is tried again. Immutable.
///
/// @param attempt how often it failed in a row
/// @param next when it is tried again
/// @param isCircuitOpen whether the source is left alone until then
record Trouble(String reason, Instant since, int attempt, Instant next, boolean isCircuitOpen) {}
