package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.server.error.Failure;
import io.kindred.server.rows.RejectedRow;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.rows.WriteOutcome;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answers about rows, and errors, in JSON.
public final class AnswerJson {
  private AnswerJson() {}

  /// `{"put":2,"stale":0,"rejected":[…],"token":"…"}`
  ///
  /// @param verb what was done, the name of the count
  public static byte[] written(String verb, WriteOutcome outcome) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeNumberField(verb, outcome.applied());
          out.writeNumberField("stale", outcome.stale());
          out.writeArrayFieldStart("rejected");
          for (RejectedRow row : outcome.rejected()) {
            writeRejected(row, out);
          }
          out.writeEndArray();
          out.writeStringField("token", outcome.token().toString());
          out.writeEndObject();
        });
  }

  private static void writeRejected(RejectedRow row, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("index", row.index());
    Key id = row.id();
    if (id != null) {
      out.writeFieldName("id");
      KeyJson.write(id, out);
    }
    out.writeStringField("code", row.code().name());
    out.writeStringField("message", row.message());
    out.writeEndObject();
  }

  /// `{"deleted":1,"missing":["x"],"token":"…"}`
  ///
  /// @param ids what was to be deleted, in the order of the outcome's indices; empty for a filter
  public static byte[] deleted(WriteOutcome outcome, List<Key> ids) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeNumberField("deleted", outcome.applied());
          out.writeArrayFieldStart("missing");
          for (int index : outcome.missing()) {
            KeyJson.write(ids.get(index), out);
          }
          out.writeEndArray();
          out.writeStringField("token", outcome.token().toString());
          out.writeEndObject();
        });
  }

  /// `{"rows":[…],"missing":["x"]}`
  public static byte[] rows(List<Key> ids, List<@Nullable StoredRow> rows, Projection projection) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("rows");
          for (StoredRow row : rows) {
            if (row != null) {
              RowJson.write(row, projection, out);
            }
          }
          out.writeEndArray();
          out.writeArrayFieldStart("missing");
          for (int i = 0; i < ids.size(); i++) {
            if (rows.get(i) == null) {
              KeyJson.write(ids.get(i), out);
            }
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  /// `{"rows":[…],"next":"b"}`, without `next` on the last page.
  public static byte[] sample(RowOperations.Sampled sampled, Projection projection) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("rows");
          for (StoredRow row : sampled.rows()) {
            RowJson.write(row, projection, out);
          }
          out.writeEndArray();
          out.writeNumberField("rows_each", sampled.rowsEach());
          out.writeEndObject();
        });
  }

  public static byte[] page(ScanPage page, Projection projection) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("rows");
          for (StoredRow row : page.rows()) {
            RowJson.write(row, projection, out);
          }
          out.writeEndArray();
          Key next = page.next();
          if (next != null) {
            out.writeFieldName("next");
            KeyJson.write(next, out);
          }
          out.writeEndObject();
        });
  }

  /// `{"error":{"code":"…","message":"…"}}`
  public static byte[] error(Failure failure) {
    return error(failure.code().name(), failure.message());
  }

  /// As [#error(Failure)], for what only HTTP knows, such as an unknown path.
  public static byte[] error(String code, String message) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeObjectFieldStart("error");
          out.writeStringField("code", code);
          out.writeStringField("message", message);
          out.writeEndObject();
          out.writeEndObject();
        });
  }
}
