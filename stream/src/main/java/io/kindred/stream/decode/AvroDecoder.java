package io.kindred.stream.decode;

import io.kindred.engine.KindredException;
import io.kindred.stream.Fault;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/// Events as single Avro records in binary form, all of one schema.
final class AvroDecoder implements Decoder {
  private final DeclaredFields fields;
  private final GenericDatumReader<IndexedRecord> reader;

  private AvroDecoder(DeclaredFields fields, GenericDatumReader<IndexedRecord> reader) {
    this.fields = fields;
    this.reader = reader;
  }

  /// @throws KindredException where the schema cannot be read, or a declared field is not in it
  static AvroDecoder of(DeclaredFields fields, Text schemaFile) {
    Schema schema = schema(schemaFile);
    for (DeclaredField field : fields.fields()) {
      requireField(schema, field, schemaFile);
    }
    GenericData data = new GenericData();
    addInstant(data, new TimeConversions.TimestampMillisConversion());
    addInstant(data, new TimeConversions.TimestampMicrosConversion());
    return new AvroDecoder(fields, new GenericDatumReader<>(schema, schema, data));
  }

  private static void addInstant(GenericData data, Conversion<?> conversion) {
    data.addLogicalTypeConversion(conversion);
  }

  private static Schema schema(Text file) {
    try {
      Schema schema = new Schema.Parser().parse(new File(file.value()));
      if (schema.getType() != Schema.Type.RECORD) {
        throw file.problem("a schema of a record; this is of " + schema.getType().getName());
      }
      return schema;
    } catch (IOException | SchemaParseException e) {
      KindredException problem = file.problem("an Avro schema; " + e.getMessage());
      problem.initCause(e);
      throw problem;
    }
  }

  private static void requireField(Schema schema, DeclaredField field, Text file) {
    Schema at = schema;
    for (String name : field.from().split("\\.", -1)) {
      Schema record = withoutNull(at);
      Schema.Field found = record.getType() == Schema.Type.RECORD ? record.getField(name) : null;
      if (found == null) {
        throw file.problem("a schema with the field " + field.from());
      }
      at = found.schema();
    }
  }

  private static Schema withoutNull(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> others =
        schema.getTypes().stream().filter(it -> it.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.getFirst() : schema;
  }

  @Override
  public void decode(Event event) throws EventFaultException {
    BinaryDecoder in = DecoderFactory.get().binaryDecoder(event.source().value(), null);
    IndexedRecord record;
    try {
      record = reader.read(null, in);
      if (!in.isEnd()) {
        throw new EventFaultException(
            Fault.MALFORMED, "event: more behind the record (expected: one Avro record)");
      }
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
      throw new EventFaultException(
          Fault.MALFORMED,
          "event: " + e.getMessage() + " (expected: an Avro record of the schema)");
    }
    read(record, fields.tree(), event);
    fields.requireAll(event);
  }

  private static void read(IndexedRecord record, NameTree tree, Event event)
      throws EventFaultException {
    for (var entry : tree.below().entrySet()) {
      Schema.Field position = record.getSchema().getField(entry.getKey());
      Object value = position == null ? null : record.get(position.pos());
      DeclaredField field = entry.getValue().field();
      if (field != null) {
        field.accept(plain(value), event);
      } else if (value instanceof IndexedRecord below) {
        read(below, entry.getValue(), event);
      }
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case ByteBuffer bytes -> PackedFloats.read(bytes);
      case GenericData.EnumSymbol symbol -> symbol.toString();
      case GenericData.Fixed fixed -> PackedFloats.read(ByteBuffer.wrap(fixed.bytes()));
      case null -> null;
      default -> value;
    };
  }
}
