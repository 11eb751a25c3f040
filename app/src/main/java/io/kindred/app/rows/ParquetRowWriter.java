package io.kindred.app.rows;

import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/// Writes Parquet with ZSTD: the columns of the table by name, `metadata` as JSON text,
/// `event_time`. Owned by one thread.
final class ParquetRowWriter implements RowWriter {
  private final ParquetWriter<StoredRow> writer;

  private ParquetRowWriter(ParquetWriter<StoredRow> writer) {
    this.writer = writer;
  }

  static ParquetRowWriter open(Path path, TableSpec table) throws IOException {
    return new ParquetRowWriter(
        new Builder(new LocalOutputFile(path), new Support(schema(table)))
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(org.apache.parquet.hadoop.ParquetFileWriter.Mode.OVERWRITE)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build());
  }

  @Override
  public boolean write(StoredRow row) throws IOException {
    writer.write(row);
    return true;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static MessageType schema(TableSpec table) {
    List<Type> columns = new ArrayList<>();
    columns.add(
        table.key() == KeyType.UINT64
            ? Types.required(PrimitiveTypeName.INT64)
                .as(LogicalTypeAnnotation.intType(64, false))
                .named("id")
            : Types.required(PrimitiveTypeName.BINARY)
                .as(LogicalTypeAnnotation.stringType())
                .named("id"));
    for (String name : table.vectors().keySet()) {
      columns.add(Types.optionalList().requiredElement(PrimitiveTypeName.FLOAT).named(name));
    }
    table.fields().forEach((name, type) -> columns.add(column(name, type)));
    columns.add(text("metadata"));
    columns.add(column("event_time", FieldType.TIMESTAMP));
    return new MessageType("row", columns);
  }

  private static Type column(String name, FieldType type) {
    return switch (type) {
      case STRING -> text(name);
      case INT64 -> Types.optional(PrimitiveTypeName.INT64).named(name);
      case FLOAT64 -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
      case BOOL -> Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
      case TIMESTAMP ->
          Types.optional(PrimitiveTypeName.INT64)
              .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
              .named(name);
      case STRING_LIST ->
          Types.optionalList()
              .requiredElement(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(name);
    };
  }

  private static Type text(String name) {
    return Types.optional(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static final class Builder extends ParquetWriter.Builder<StoredRow, Builder> {
    private final Support support;

    Builder(OutputFile file, Support support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /// Deprecated by the library, and abstract there nevertheless.
    @Override
    @SuppressWarnings("deprecation")
    protected WriteSupport<StoredRow> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<StoredRow> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }

  /// Tells the library the schema, and how a row is written. Owned by one thread.
  private static final class Support extends WriteSupport<StoredRow> {
    private final MessageType schema;
    private @Nullable ParquetRecords records;

    Support(MessageType schema) {
      this.schema = schema;
    }

    /// Deprecated by the library, and abstract there nevertheless.
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      records = new ParquetRecords(schema, consumer);
    }

    @Override
    public void write(StoredRow row) {
      Objects.requireNonNull(records, "prepareForWrite comes first").write(row);
    }
  }
}
