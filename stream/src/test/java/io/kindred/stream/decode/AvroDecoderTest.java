package io.kindred.stream.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AvroDecoderTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Interaction", "fields": [
        {"name": "user", "type": "string"},
        {"name": "action", "type": {"type": "enum", "name": "Action", "symbols": ["view", "buy"]}},
        {"name": "amount", "type": ["null", "double"], "default": null},
        {"name": "vec", "type": {"type": "array", "items": "float"}},
        {"name": "meta", "type": {"type": "record", "name": "Meta", "fields": [
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}]}}]}
      """;

  @TempDir private Path directory;

  private DecoderFixture fixture(String fields) throws IOException {
    Path schema = Files.writeString(directory.resolve("event.avsc"), SCHEMA);
    return new DecoderFixture("format: avro\nschema_file: " + schema + "\nfields:\n" + fields);
  }

  private DecoderFixture fixture() throws IOException {
    return fixture(
        """
          user: {type: string, required: true}
          action: string
          amount: {type: float64, max: 10}
          vec: {type: vector, dimension: 2}
          at: {type: timestamp, from: meta.at}
        """);
  }

  private static byte[] event(@Nullable Double amount) throws IOException {
    Schema schema = new Schema.Parser().parse(SCHEMA);
    GenericRecord meta = new GenericData.Record(schema.getField("meta").schema());
    meta.put("at", 1_700_000_000_123_456L);
    GenericRecord record = new GenericData.Record(schema);
    record.put("user", "u");
    record.put("action", new GenericData.EnumSymbol(schema.getField("action").schema(), "buy"));
    record.put("amount", amount);
    record.put("vec", List.of(1f, 2f));
    record.put("meta", meta);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, out);
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void fieldsAreReadByTheSchema() throws Exception {
    DecoderFixture fixture = fixture();
    Event event = fixture.decode(event(5.0));

    assertThat(fixture.value(event, "user")).isEqualTo(Value.of("u"));
    assertThat(fixture.value(event, "action")).isEqualTo(Value.of("buy"));
    assertThat(fixture.value(event, "amount")).isEqualTo(Value.of(5.0));
    assertThat((float[]) fixture.value(event, "vec")).containsExactly(1, 2);
    assertThat(fixture.value(event, "at")).isEqualTo(new Value.Timestamp(1_700_000_000_123_456L));
    assertThat(fixture.value(fixture.decode(event(null)), "amount")).isNull();
  }

  @Test
  void whatDoesNotFitIsRefused() throws Exception {
    DecoderFixture fixture = fixture();
    byte[] whole = event(5.0);

    assertThatThrownBy(() -> fixture.decode(event(11.0)))
        .hasMessage("amount: 11 (expected: at most 10)");
    for (byte[] bytes :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, whole.length - 1),
            Arrays.copyOf(whole, whole.length + 1),
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1})) {
      assertThatThrownBy(() -> fixture.decode(bytes))
          .isInstanceOfSatisfying(
              EventFaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MALFORMED));
    }
  }

  @Test
  void aSchemaWithoutADeclaredFieldIsRefused() {
    assertThatThrownBy(() -> fixture("  user: string\n  item: string\n"))
        .hasMessageContaining("event.avsc (expected: a schema with the field item)");
    assertThatThrownBy(
            () ->
                new DecoderFixture(
                    "format: avro\nschema_file: none.avsc\nfields: {user: string}\n"))
        .hasMessageContaining("event.schema_file: none.avsc (expected: an Avro schema; ");
  }
}
