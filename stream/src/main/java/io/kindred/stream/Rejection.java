package io.kindred.stream;

/// Why an event could not be processed. Immutable.
///
/// @param step that found it, such as `decode`, `3 lookup` or `write`
/// @param code a [Fault], or an `ErrorCode` of the engine
/// @param reason value, expectation and place
public record Rejection(String step, String code, String reason) {}
