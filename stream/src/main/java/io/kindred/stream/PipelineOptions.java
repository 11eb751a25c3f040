package io.kindred.stream;

import io.opentelemetry.api.OpenTelemetry;
import java.time.InstantSource;

/// What pipelines are given by the program that they run in. Immutable.
///
/// @param tables reads the specification of a table that a sink creates
/// @param telemetry takes the spans of events that are traced
public record PipelineOptions(
    TableReader tables, OpenTelemetry telemetry, PipelineListener listener, InstantSource clock) {

  public static PipelineOptions of(TableReader tables) {
    return new PipelineOptions(
        tables, OpenTelemetry.noop(), PipelineListener.NONE, InstantSource.system());
  }

  public PipelineOptions withTelemetry(OpenTelemetry other) {
    return new PipelineOptions(tables, other, listener, clock);
  }

  public PipelineOptions withListener(PipelineListener other) {
    return new PipelineOptions(tables, telemetry, other, clock);
  }

  public PipelineOptions withClock(InstantSource other) {
    return new PipelineOptions(tables, telemetry, listener, other);
  }
}
