package io.kindred.stream.step;

import io.kindred.stream.Fault;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;

/// Checks of the vectors that events hold. Stateless.
final class Vectors {
  private Vectors() {}

  /// The vector in a field, of that dimension and finite.
  static float[] require(Event event, Field field, int dimension) throws EventFaultException {
    float[] vector = event.vector(field.slot());
    if (vector == null) {
      throw EventFaultException.of(Fault.MISSING_FIELD, field.name(), "missing", "a vector");
    }
    requireSound(vector, field.name(), dimension);
    return vector;
  }

  static void requireSound(float[] vector, String name, int dimension) throws EventFaultException {
    if (vector.length != dimension) {
      throw EventFaultException.of(
          Fault.DIMENSION_MISMATCH, name + ": dimension", vector.length, String.valueOf(dimension));
    }
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw EventFaultException.of(
            Fault.INVALID_VECTOR, name + "[" + i + "]", vector[i], "a finite number");
      }
    }
  }
}
