package io.kindred.stream.decode;

import io.kindred.stream.SourceRecord;
import io.kindred.stream.config.EventDefinition;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.config.PipelineFile;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Scope;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A decoder of an event's declaration, and what it makes of bytes.
final class DecoderFixture {
  private final Scope scope = new Scope();
  private final Decoder decoder;

  /// @param event what stands below `event:`
  DecoderFixture(String event) {
    this.decoder = Decoders.of(definition(event), scope);
  }

  static EventDefinition definition(String event) {
    PipelineDefinition pipeline =
        PipelineFile.parse(
            "p.yaml",
            "pipeline: p\nsource: {push: {}}\nsink: {table: t, key: user}\nevent:\n"
                + event.indent(2),
            _ -> {
              throw new AssertionError("create");
            });
    return pipeline.event();
  }

  Event decode(byte[] bytes) throws EventFaultException {
    Event event =
        new Event(SourceRecord.of(new SourceRecord.Position("t", 0, 0), 1234, bytes), scope.size());
    decoder.decode(event);
    return event;
  }

  @Nullable Object value(Event event, String field) {
    return event.value(Objects.requireNonNull(scope.fields().get(field)));
  }
}
