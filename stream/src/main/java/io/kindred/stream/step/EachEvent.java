package io.kindred.stream.step;

import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.util.List;

/// A step that looks at one event at a time. Immutable.
record EachEvent(String label, Work work) implements Step {

  /// What is done to an event.
  @FunctionalInterface
  interface Work {
    void apply(Event event) throws EventFaultException;
  }

  @Override
  public void apply(List<Event> events, boolean isLastTry) {
    for (Event event : events) {
      try {
        work.apply(event);
      } catch (EventFaultException e) {
        event.reject(e.at(label));
      }
    }
  }
}
