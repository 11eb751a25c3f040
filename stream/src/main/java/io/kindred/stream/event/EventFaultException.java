package io.kindred.stream.event;

import io.kindred.stream.Fault;
import io.kindred.stream.Rejection;

/// Something is wrong with one event; others are not concerned. Has no stack trace, since many may
/// come.
public final class EventFaultException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Fault fault;

  public EventFaultException(Fault fault, String reason) {
    super(reason, null, false, false);
    this.fault = fault;
  }

  /// A fault of one value: `what: value (expected: expectation)`.
  public static EventFaultException of(Fault fault, String what, Object value, String expected) {
    String shown = String.valueOf(value);
    String shortened = shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
    return new EventFaultException(
        fault, what + ": " + shortened + " (expected: " + expected + ")");
  }

  public Fault fault() {
    return fault;
  }

  public Rejection at(String step) {
    return new Rejection(step, fault.name(), String.valueOf(getMessage()));
  }
}
