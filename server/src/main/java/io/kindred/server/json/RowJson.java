package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.server.rows.DeclaredFields;
import io.kindred.server.rows.RowBatch;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows in JSON. One reader reads the rows of one request. Owned by the thread that reads it.
public final class RowJson {
  private static final String MEMBERS =
      "id, vectors, fields, metadata, ttl_seconds, event_time, expected_version";

  private final TableSpec table;
  private @Nullable Key id;

  RowJson(TableSpec table) {
    this.table = table;
  }

  /// Reads an array of rows. A row that is not as the table wants it is rejected, and the next one
  /// read.
  void readAll(JsonParser in, RowBatch batch) throws IOException {
    Members.require(in, "rows", JsonToken.START_ARRAY, "an array of rows");
    int depth = in.getParsingContext().getNestingDepth();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      batch.requireRoom();
      id = null;
      try {
        batch.add(read(in));
      } catch (KindredException e) {
        batch.reject(id, e);
        skipToEndOfItem(in, depth);
      }
    }
  }

  /// Leaves the parser on the last token of the array's item within which it stands.
  private static void skipToEndOfItem(JsonParser in, int arrayDepth) throws IOException {
    in.skipChildren();
    while (in.getParsingContext().getNestingDepth() > arrayDepth) {
      in.nextToken();
    }
  }

  private Row read(JsonParser in) throws IOException {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    Map<String, Value> fields = new LinkedHashMap<>();
    Map<String, Value> metadata = new LinkedHashMap<>();
    Conditions conditions = new Conditions();
    Members.each(
        in,
        "row",
        name -> {
          switch (name) {
            case "id" -> id = KeyJson.read(in, table.key());
            case "vectors" -> readVectors(in, vectors);
            case "fields" -> readFields(in, fields);
            case "metadata" -> {
              if (in.currentToken() != JsonToken.VALUE_NULL) {
                metadata.putAll(ValueJson.readEntries(in, "metadata"));
              }
            }
            default -> conditions.read(in, name);
          }
        });
    if (id == null) {
      throw KindredException.of(ErrorCode.INVALID_KEY, "id", "none", "each row has one");
    }
    return new Row(
        id,
        vectors,
        fields,
        metadata,
        conditions.eventTime,
        conditions.timeToLive,
        conditions.expectedVersion);
  }

  /// What a row says about its own writing.
  private static final class Conditions {
    private @Nullable Instant eventTime;
    private @Nullable Duration timeToLive;
    private @Nullable Long expectedVersion;

    void read(JsonParser in, String name) throws IOException {
      boolean isGiven = in.currentToken() != JsonToken.VALUE_NULL;
      switch (name) {
        case "ttl_seconds" -> timeToLive = isGiven ? seconds(in) : null;
        case "event_time" ->
            eventTime = isGiven ? Timestamps.instant(Members.text(in, name), name) : null;
        case "expected_version" -> expectedVersion = isGiven ? Members.longInteger(in, name) : null;
        default -> throw Members.unknown("row", name, MEMBERS);
      }
    }

    private static Duration seconds(JsonParser in) throws IOException {
      double seconds = Members.number(in, "ttl_seconds");
      double secondsMax = 36_500 * 86_400.0;
      if (seconds < 0.001 || seconds > secondsMax) {
        throw Members.wrong(in, "ttl_seconds", "0.001 to " + (long) secondsMax);
      }
      return Duration.ofMillis(Math.round(seconds * 1000));
    }
  }

  private void readVectors(JsonParser in, Map<String, float[]> vectors) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    Members.each(in, "vectors", name -> vectors.put(name, VectorJson.readExactly(in, table, name)));
  }

  private void readFields(JsonParser in, Map<String, Value> fields) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    Members.each(
        in,
        "fields",
        name -> fields.put(name, DeclaredFields.typed(table, name, ValueJson.read(in, name))));
  }

  /// Writes a row; what the projection left out is not written.
  public static void write(StoredRow row, Projection projection, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    writeId(row, out);
    writeOthers(row, projection, out);
    out.writeEndObject();
  }

  static void writeId(StoredRow row, JsonGenerator out) throws IOException {
    out.writeFieldName("id");
    KeyJson.write(row.key(), out);
  }

  static void writeOthers(StoredRow row, Projection projection, JsonGenerator out)
      throws IOException {
    out.writeNumberField("version", row.version());
    if (projection.hasVectors()) {
      out.writeObjectFieldStart("vectors");
      for (Map.Entry<String, float[]> vector : row.vectors().entrySet()) {
        out.writeFieldName(vector.getKey());
        VectorJson.write(vector.getValue(), out);
      }
      out.writeEndObject();
    }
    if (projection.hasFields()) {
      out.writeFieldName("fields");
      ValueJson.writeEntries(row.fields(), out);
      out.writeFieldName("metadata");
      ValueJson.writeEntries(row.metadata(), out);
    }
    Instant eventTime = row.eventTime();
    if (eventTime != null) {
      out.writeStringField("event_time", eventTime.toString());
    }
    Instant expiry = row.expiry();
    if (expiry != null) {
      out.writeStringField("expires_at", expiry.toString());
    }
  }
}
