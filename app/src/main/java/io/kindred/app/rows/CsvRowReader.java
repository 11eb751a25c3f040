package io.kindred.app.rows;

import io.kindred.app.rows.CsvRecords.Item;
import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.FieldType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads CSV with a header line. The first 100 records decide which columns are vectors. Owned by
/// one thread.
final class CsvRowReader implements RowReader {
  private static final int SAMPLE_RECORDS = 100;

  private final CsvRecords records;
  private final CsvColumns columns;
  private final Deque<Item> sample;
  private final long sizeBytes;

  private CsvRowReader(CsvRecords records, CsvColumns columns, Deque<Item> sample, long size) {
    this.records = records;
    this.columns = columns;
    this.sample = sample;
    this.sizeBytes = size;
  }

  static CsvRowReader open(RowFile file) throws IOException {
    TextLines lines = new TextLines(Files.newInputStream(file.path()));
    try {
      if (!lines.next() || lines.isTooLong() || lines.isBlank()) {
        throw new DamagedFileException("line 1: no header (expected: column names, id among them)");
      }
      String header = lines.text();
      CsvRecords records = CsvRecords.behind(header, lines);
      Deque<Item> sample = new ArrayDeque<>();
      List<List<String>> cells = new ArrayList<>();
      while (sample.size() < SAMPLE_RECORDS) {
        Item item = records.next();
        if (item == null) {
          break;
        }
        sample.add(item);
        if (item instanceof Item.Cells record) {
          cells.add(record.cells());
        }
      }
      CsvColumns columns = CsvColumns.of(records.parse(header), cells, file.vectorFields());
      return new CsvRowReader(records, columns, sample, Files.size(file.path()));
    } catch (CharacterCodingException e) {
      lines.close();
      throw new DamagedFileException(
          "line 1: header is not UTF-8 (" + e.getMessage() + "; expected: column names in UTF-8)",
          e);
    } catch (MalformedRowException e) {
      lines.close();
      throw new DamagedFileException("line 1: " + e.getMessage(), e);
    } catch (IOException e) {
      lines.close();
      throw e;
    }
  }

  @Override
  public @Nullable RowItem next() throws IOException {
    Item item = sample.pollFirst();
    if (item == null) {
      item = records.next();
    }
    return switch (item) {
      case null -> null;
      case Item.Malformed it -> new RowItem.Malformed(it.line(), it.reason());
      case Item.Cells it -> row(it);
    };
  }

  private RowItem row(Item.Cells record) {
    try {
      return columns.row(record.line(), record.cells());
    } catch (MalformedRowException e) {
      return new RowItem.Malformed(record.line(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Typing typing() {
    return Typing.TEXT;
  }

  @Override
  public Map<String, FieldType> declaredFields() {
    return columns.fields();
  }

  @Override
  public String placeName() {
    return "line";
  }

  @Override
  public long progress() {
    return records.consumedBytes();
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(sizeBytes);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
