package io.kindred.app.rows;

import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.FieldType;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/// Reads Parquet, one row group in memory at a time. Owned by one thread.
final class ParquetRowReader implements RowReader {
  private final ParquetReader<RowItem> reader;
  private final ParquetColumns columns;
  private final long rows;
  private long row;

  private ParquetRowReader(ParquetReader<RowItem> reader, ParquetColumns columns, long rows) {
    this.reader = reader;
    this.columns = columns;
    this.rows = rows;
  }

  static ParquetRowReader open(Path path) throws IOException {
    InputFile file = new LocalInputFile(path);
    PlainParquetConfiguration configuration = new PlainParquetConfiguration();
    ParquetReadOptions options = ParquetReadOptions.builder(configuration).build();
    try (ParquetFileReader footer = ParquetFileReader.open(file, options)) {
      ParquetColumns columns = ParquetColumns.of(footer.getFileMetaData().getSchema());
      ParquetReader<RowItem> reader = new Builder(file, configuration, columns).build();
      return new ParquetRowReader(reader, columns, footer.getRecordCount());
    } catch (DamagedFileException | FileSystemException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library's ways to say that the bytes make no sense.
      throw new DamagedFileException("not a readable Parquet file: " + firstLine(e), e);
    }
  }

  @Override
  public @Nullable RowItem next() throws IOException {
    try {
      RowItem item = reader.read();
      row++;
      return item;
    } catch (IOException | RuntimeException e) {
      throw new DamagedFileException("row " + row + ": unreadable Parquet: " + firstLine(e), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public Typing typing() {
    return Typing.TYPED;
  }

  @Override
  public Map<String, FieldType> declaredFields() {
    return columns.fields();
  }

  @Override
  public String placeName() {
    return "row";
  }

  @Override
  public long progress() {
    return row;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(rows);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private static final class Builder extends ParquetReader.Builder<RowItem> {
    private final ParquetColumns columns;

    Builder(InputFile file, ParquetConfiguration configuration, ParquetColumns columns) {
      super(file, configuration);
      this.columns = columns;
    }

    @Override
    protected ReadSupport<RowItem> getReadSupport() {
      return new Support(columns);
    }
  }

  private static final class Support extends ReadSupport<RowItem> {
    private final ParquetColumns columns;

    Support(ParquetColumns columns) {
      this.columns = columns;
    }

    @Override
    public ReadContext init(InitContext context) {
      return new ReadContext(context.getFileSchema());
    }

    /// Deprecated by the library, and abstract there nevertheless.
    @Override
    @SuppressWarnings("deprecation")
    public RecordMaterializer<RowItem> prepareForRead(
        org.apache.hadoop.conf.Configuration configuration,
        Map<String, String> keyValueMetaData,
        MessageType fileSchema,
        ReadContext readContext) {
      return new ParquetRowMaterializer(fileSchema, columns);
    }

    @Override
    public RecordMaterializer<RowItem> prepareForRead(
        ParquetConfiguration configuration,
        Map<String, String> keyValueMetaData,
        MessageType fileSchema,
        ReadContext readContext) {
      return new ParquetRowMaterializer(fileSchema, columns);
    }
  }
}
