package io.kindred.stream.decode;

import io.kindred.engine.FieldType;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition;
import io.kindred.stream.config.EventDefinition.Format;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.util.Optional;

/// Makes decoders of what a pipeline declares. Stateless.
public final class Decoders {
  private Decoders() {}

  /// Declares the event's fields and makes their decoder, which also bounds an event's size and
  /// reads when it happened.
  ///
  /// @param scope empty
  /// @throws io.kindred.engine.KindredException where the declaration does not hold together, or a
  ///   schema file does not fit it
  public static Decoder of(EventDefinition definition, Scope scope) {
    DeclaredFields fields = DeclaredFields.declare(definition, scope);
    Decoder format =
        switch (definition.format()) {
          case Format.Json _ -> new JsonDecoder(fields);
          case Format.Avro(Text schemaFile) -> AvroDecoder.of(fields, schemaFile);
          case Format.Protobuf protobuf -> ProtobufDecoder.of(fields, protobuf);
        };
    Optional<Field> time = definition.time().map(it -> timestamp(scope, it));
    int bytesMax = definition.bytesMax();
    return event -> {
      requireSize(event, bytesMax);
      format.decode(event);
      if (time.isPresent() && event.value(time.get().slot()) instanceof Value.Timestamp it) {
        event.setTime(it);
      }
    };
  }

  private static void requireSize(Event event, int bytesMax) throws EventFaultException {
    int bytes = event.source().value().length;
    if (bytes > bytesMax) {
      throw EventFaultException.of(
          Fault.TOO_LARGE, "event", bytes + " bytes", "at most " + bytesMax);
    }
  }

  private static Field timestamp(Scope scope, Text name) {
    Field field = scope.require(name);
    if (!field.shape().equals(new Shape.Scalar(FieldType.TIMESTAMP, true))) {
      throw name.problem("a required field of type timestamp");
    }
    return field;
  }
}
