package io.kindred.engine.catalog;

import io.kindred.engine.Value;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// The catalog on disk, replaced with each change. See `docs/formats/catalog.md`.
///
/// @param logId the log that the catalog was made from
/// @param logStart the log holds every record from here on that any shard may still need
public record CatalogFile(
    long logId, long logStart, long appliedPosition, List<TableEntry> tables) {
  static final SealedFile.Format FORMAT = new SealedFile.Format("catalog", 1);
  private static final int FILE_BYTES_MAX = 256 << 20;

  public CatalogFile {
    tables = List.copyOf(tables);
  }

  /// The file within a store's directory.
  public static Path file(Path directory) {
    return directory.resolve("CATALOG");
  }

  public Catalog toCatalog() {
    return new Catalog(tables, appliedPosition);
  }

  public void write(Disk disk, Path directory) {
    List<Value> encoded = new ArrayList<>();
    for (TableEntry table : tables) {
      encoded.add(table.encode());
    }
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("log_id", Value.of(logId));
    entries.put("log_start", Value.of(logStart));
    entries.put("applied_position", Value.of(appliedPosition));
    entries.put("tables", new Value.Array(encoded));
    ByteWriter out = new ByteWriter("catalog", FILE_BYTES_MAX);
    ValueCodec.write(out, "catalog", new Value.Entries(entries));
    SealedFile.replace(disk, file(directory), FORMAT, out.asBuffer());
  }

  /// Checks the file.
  ///
  /// @param pace is told the bytes of each piece that was read
  /// @throws io.kindred.engine.KindredException `CORRUPT`, naming the file
  public static void check(Disk disk, Path directory, LongConsumer pace) {
    var _ = SealedFile.check(disk, file(directory), FORMAT, pace);
  }

  /// @throws io.kindred.engine.KindredException `CORRUPT`, naming the file
  public static CatalogFile read(Disk disk, Path directory) {
    ByteBuffer content = ByteBuffer.wrap(SealedFile.read(disk, file(directory), FORMAT));
    return SealedFile.decode(file(directory), () -> read(content));
  }

  private static CatalogFile read(ByteBuffer content) {
    SpecCodec.Reader in = new SpecCodec.Reader((Value.Entries) ValueCodec.read(content, 0));
    List<TableEntry> tables = new ArrayList<>();
    for (Value item : ((Value.Array) in.value("tables")).items()) {
      tables.add(TableEntry.decode((Value.Entries) item));
    }
    return new CatalogFile(
        in.int64("log_id"), in.int64("log_start"), in.int64("applied_position"), tables);
  }
}
