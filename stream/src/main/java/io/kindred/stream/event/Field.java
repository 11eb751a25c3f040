package io.kindred.stream.event;

/// A field that the events of a pipeline have from some step on. Immutable.
///
/// @param slot where an [Event] keeps it
public record Field(String name, int slot, Shape shape) {}
