package io.kindred.stream;

/// What is wrong with an event, as a stable name. What the engine finds wrong with a change has the
/// name of its `ErrorCode` instead.
public enum Fault {
  /// The bytes are not of the declared format.
  MALFORMED,
  /// The encoded event is larger than `event.bytes_max`.
  TOO_LARGE,
  /// A required field is not there.
  MISSING_FIELD,
  /// A field is not of its declared type.
  TYPE_MISMATCH,
  /// A value is not within `min` and `max`, or not among `one_of`.
  OUT_OF_RANGE,
  /// The event is ahead of the clock by more than `event.future_by`.
  FUTURE,
  /// The event is behind its partition's latest by more than `event.late_by`.
  LATE,
  /// A looked-up row is not there.
  UNKNOWN_KEY,
  /// A vector has another number of components.
  DIMENSION_MISMATCH,
  /// A vector or a weight is NaN or infinite, or a vector has no length.
  INVALID_VECTOR,
  /// An expression has no value for this event.
  EXPRESSION_FAILED,
  /// The model fails for this event, and not for others.
  MODEL_FAILED
}
