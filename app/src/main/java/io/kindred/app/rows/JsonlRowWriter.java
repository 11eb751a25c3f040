package io.kindred.app.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Value;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Writes JSON lines: an object a line, of the shape that `rows:put` takes. Owned by one thread.
final class JsonlRowWriter implements RowWriter {
  private final JsonGenerator generator;
  private final Instant opened = Instant.now();

  JsonlRowWriter(Path path) throws IOException {
    generator =
        JsonValues.FACTORY.createGenerator(new BufferedOutputStream(Files.newOutputStream(path)));
    generator.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
  }

  @Override
  public boolean write(StoredRow row) throws IOException {
    generator.writeStartObject();
    generator.writeStringField("id", row.key().toString());
    if (!row.vectors().isEmpty()) {
      generator.writeObjectFieldStart("vectors");
      for (Map.Entry<String, float[]> vector : row.vectors().entrySet()) {
        generator.writeFieldName(vector.getKey());
        JsonValues.writeVector(generator, vector.getValue());
      }
      generator.writeEndObject();
    }
    entries("fields", row.fields());
    entries("metadata", row.metadata());
    Instant eventTime = row.eventTime();
    if (eventTime != null) {
      generator.writeStringField("event_time", eventTime.toString());
    }
    Instant expiry = row.expiry();
    if (expiry != null) {
      long seconds = Duration.between(opened, expiry).plusMillis(999).toSeconds();
      generator.writeNumberField("ttl_seconds", Math.max(1, seconds));
    }
    generator.writeEndObject();
    return true;
  }

  private void entries(String name, Map<String, Value> values) throws IOException {
    if (!values.isEmpty()) {
      generator.writeFieldName(name);
      JsonValues.writeEntries(generator, values);
    }
  }

  @Override
  public void close() throws IOException {
    generator.writeRaw('\n');
    generator.close();
  }
}
