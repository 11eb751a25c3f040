package io.kindred.stream.step;

import io.kindred.stream.event.Event;
import java.util.List;

/// One step of a pipeline, applied to the events of a batch at once. Implementations are
/// thread-safe; a batch is owned by its thread.
public interface Step extends AutoCloseable {
  /// What status and dead letters call it.
  String label();

  /// Works on events that still go on; drops or rejects those that do not.
  ///
  /// @param isLastTry whether what may heal is given up now: an event for which it did not is then
  ///   rejected
  /// @throws TryAgainException where something may heal; what was done to the events is then undone
  /// @throws io.kindred.engine.KindredException where the engine fails
  void apply(List<Event> events, boolean isLastTry);

  /// Gives back what the step holds.
  @Override
  default void close() {}
}
