package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.TableInfo;
import java.io.IOException;
import java.util.Map;

/// A table as it stands, in JSON: its specification, sizes and states.
public final class TableInfoJson {
  private TableInfoJson() {}

  public static void write(TableInfo info, JsonGenerator out) throws IOException {
    out.writeStartObject();
    TableJson.writeMembers(info.spec(), out);
    out.writeNumberField("id", info.id());
    out.writeNumberField("revision", info.revision());
    out.writeStringField("created_at", info.createdAt().toString());
    out.writeNumberField("row_count", info.rowCount());
    writeBytes(info.bytes(), out);
    out.writeObjectFieldStart("delta");
    out.writeNumberField("rows", info.delta().rows());
    out.writeNumberField("rows_max", info.delta().rowsMax());
    out.writeNumberField("hidden", info.delta().hidden());
    out.writeEndObject();
    writeIndexes(info.indexes(), out);
    writeRecalls(info.recalls(), out);
    out.writeArrayFieldStart("versions");
    for (TableInfo.VersionInfo version : info.versions()) {
      out.writeStartObject();
      out.writeStringField("name", version.name());
      out.writeStringField("state", version.state());
      out.writeStringField("created_at", version.createdAt().toString());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("applied_position", info.appliedPosition());
    out.writeNumberField("checkpoint_position", info.checkpointPosition());
    out.writeEndObject();
  }

  /// `"recall":{"embedding":{"mean":0.97,"samples":120}}`, without fields that were not measured.
  public static void writeRecalls(Map<String, TableInfo.MeasuredRecall> recalls, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("recall");
    for (Map.Entry<String, TableInfo.MeasuredRecall> entry : recalls.entrySet()) {
      out.writeObjectFieldStart(entry.getKey());
      out.writeNumberField("mean", entry.getValue().mean());
      out.writeNumberField("samples", entry.getValue().samples());
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void writeBytes(TableInfo.Bytes bytes, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("bytes");
    out.writeNumberField("total", bytes.total());
    out.writeNumberField("vectors", bytes.vectors());
    out.writeNumberField("rows", bytes.rows());
    out.writeNumberField("keys", bytes.keys());
    out.writeNumberField("indexes", bytes.indexes());
    out.writeNumberField("delta", bytes.delta());
    out.writeNumberField("checkpoint", bytes.checkpoint());
    out.writeEndObject();
  }

  private static void writeIndexes(Map<String, TableInfo.IndexInfo> indexes, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("indexes");
    for (Map.Entry<String, TableInfo.IndexInfo> entry : indexes.entrySet()) {
      TableInfo.IndexInfo index = entry.getValue();
      out.writeObjectFieldStart(entry.getKey());
      out.writeStringField("kind", index.kind());
      out.writeStringField("state", index.state());
      out.writeNumberField("indexed", index.indexed());
      out.writeNumberField("pending", index.pending());
      out.writeObjectFieldStart("parameters");
      for (Map.Entry<String, String> parameter : index.parameters().entrySet()) {
        out.writeStringField(parameter.getKey(), parameter.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    out.writeEndObject();
  }
}
