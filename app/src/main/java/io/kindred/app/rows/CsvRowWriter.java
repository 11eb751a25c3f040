package io.kindred.app.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes CSV with a header: `id`, the vectors as JSON arrays, the declared fields, `metadata` as a
/// JSON object, `event_time`. An absent value is an empty cell. Owned by one thread.
final class CsvRowWriter implements RowWriter {
  private final CsvWriter writer;
  private final TableSpec table;

  CsvRowWriter(Path path, TableSpec table) throws IOException {
    this.writer = CsvWriter.builder().build(path);
    this.table = table;
    List<String> header = new ArrayList<>();
    header.add("id");
    header.addAll(table.vectors().keySet());
    header.addAll(table.fields().keySet());
    header.add("metadata");
    header.add("event_time");
    writer.writeRecord(header);
  }

  @Override
  public boolean write(StoredRow row) throws IOException {
    List<String> cells = new ArrayList<>();
    cells.add(row.key().toString());
    for (String field : table.vectors().keySet()) {
      float[] vector = row.vectors().get(field);
      cells.add(vector == null ? "" : json(generator -> JsonValues.writeVector(generator, vector)));
    }
    for (String field : table.fields().keySet()) {
      cells.add(cell(field, row.fields().get(field)));
    }
    cells.add(row.metadata().isEmpty() ? "" : JsonValues.text(row.metadata()));
    Instant eventTime = row.eventTime();
    cells.add(eventTime == null ? "" : eventTime.toString());
    writer.writeRecord(cells);
    return true;
  }

  private static String cell(String field, @Nullable Value value) throws IOException {
    return switch (value) {
      case null -> "";
      case Value.Text(String text) -> text;
      case Value.Timestamp timestamp -> JsonValues.instant(timestamp).toString();
      case Value.Array(List<Value> items) -> list(field, items);
      case Value.Null _, Value.Bool _, Value.Int64 _, Value.Float64 _, Value.Entries _ ->
          json(generator -> JsonValues.write(generator, value));
    };
  }

  private static String list(String field, List<Value> items) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Value item : items) {
      String text = cell(field, item);
      if (text.indexOf('|') >= 0) {
        throw new IOException(
            field + ": " + text + " (expected: no | in a list in csv; export jsonl instead)");
      }
      texts.add(text);
    }
    return texts.stream().collect(Collectors.joining("|"));
  }

  private interface Content {
    void write(JsonGenerator generator) throws IOException;
  }

  private static String json(Content content) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = JsonValues.FACTORY.createGenerator(text)) {
      content.write(generator);
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
