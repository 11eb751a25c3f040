package io.kindred.stream.config;

import io.kindred.engine.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an event is. Immutable.
///
/// @param time the field that says when it happened; otherwise the time that the source tells
/// @param lateBy how far behind its partition's latest event one may be
/// @param futureBy how far ahead of the clock one may be
/// @param bytesMax how large the encoded event may be
public record EventDefinition(
    Format format,
    List<FieldDefinition> fields,
    Optional<Text> time,
    Duration lateBy,
    Duration futureBy,
    int bytesMax) {
  public static final int BYTES_MAX_DEFAULT = 1 << 20;

  public EventDefinition {
    fields = List.copyOf(fields);
  }

  /// How an event is encoded.
  public sealed interface Format {
    record Json() implements Format {}

    /// @param schemaFile an Avro schema (`.avsc`)
    record Avro(Text schemaFile) implements Format {}

    /// @param descriptorFile what `protoc --descriptor_set_out --include_imports` writes
    /// @param message the full name of the event's message
    record Protobuf(Text descriptorFile, Text message) implements Format {}
  }

  /// A field of an event.
  ///
  /// @param from where it stands within the encoded event: names between dots
  /// @param min bound of a number, or null
  /// @param max bound of a number, or null
  /// @param oneOf the values it may have; empty for any
  /// @param dimension of a vector; 0 for any
  public record FieldDefinition(
      Text name,
      String from,
      FieldKind kind,
      boolean isRequired,
      @Nullable Double min,
      @Nullable Double max,
      List<Value> oneOf,
      int dimension) {
    public FieldDefinition {
      oneOf = List.copyOf(oneOf);
    }
  }

  /// The type of a field.
  public enum FieldKind {
    STRING,
    INT64,
    FLOAT64,
    BOOL,
    /// RFC 3339 text, or milliseconds since 1970.
    TIMESTAMP,
    STRING_LIST,
    VECTOR
  }
}
