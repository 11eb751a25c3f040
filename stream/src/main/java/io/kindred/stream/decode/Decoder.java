package io.kindred.stream.decode;

import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;

/// Reads the fields of an event from its bytes. Implementations are thread-safe.
public interface Decoder {

  /// Fills the slots of the event's declared fields.
  ///
  /// @throws EventFaultException where the bytes are not of the format, or a field is not as
  ///   declared
  void decode(Event event) throws EventFaultException;
}
