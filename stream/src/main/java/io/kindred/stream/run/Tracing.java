package io.kindred.stream.run;

import io.kindred.stream.SourceRecord;
import io.kindred.stream.SourceRecord.Header;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Follows events that come with a trace (W3C's `traceparent` header): one span from source to
/// table, and below it one for decoding, each step, and writing. Others cost nothing. Thread-safe.
final class Tracing {
  private static final String PARENT = "traceparent";
  private static final TextMapGetter<SourceRecord> HEADERS =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable SourceRecord record, String name) {
          return record == null ? null : find(record, name);
        }
      };

  private final Tracer tracer;
  private final String pipeline;

  Tracing(OpenTelemetry telemetry, String pipeline) {
    this.tracer = telemetry.getTracer("io.kindred.stream");
    this.pipeline = pipeline;
  }

  /// What is closed when a phase of events ends.
  interface Phase extends AutoCloseable {
    Phase NONE = () -> {};

    @Override
    void close();
  }

  private static @Nullable String find(SourceRecord record, String name) {
    for (Header header : record.headers()) {
      if (header.name().equalsIgnoreCase(name)) {
        return new String(header.value(), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /// Starts the span of an event that comes with a trace.
  void begin(Event event) {
    SourceRecord source = event.source();
    if (source.headers().isEmpty() || find(source, PARENT) == null) {
      return;
    }
    Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), source, HEADERS);
    event.setSpan(
        tracer
            .spanBuilder("pipeline " + pipeline)
            .setParent(parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute("messaging.destination.name", source.position().topic())
            .setAttribute(
                "messaging.destination.partition.id", String.valueOf(source.position().partition()))
            .setAttribute("messaging.kafka.offset", source.position().offset())
            .startSpan());
  }

  Phase phase(Event event, String name) {
    if (!event.span().isRecording()) {
      return Phase.NONE;
    }
    Span span = tracer.spanBuilder(name).setParent(Context.root().with(event.span())).startSpan();
    return span::end;
  }

  Phase phase(List<Event> events, String name) {
    List<Phase> phases =
        events.stream()
            .filter(event -> event.span().isRecording())
            .map(event -> phase(event, name))
            .toList();
    return phases.isEmpty() ? Phase.NONE : () -> phases.forEach(Phase::close);
  }

  /// Ends the spans of events that are done.
  void end(List<Event> events) {
    for (Event event : events) {
      if (event.span().isRecording()) {
        if (event.outcome() instanceof Outcome.Rejected rejected) {
          event.span().setStatus(StatusCode.ERROR, rejected.rejection().reason());
        }
        event.span().end();
      }
    }
  }
}
