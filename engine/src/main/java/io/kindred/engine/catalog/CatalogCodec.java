package io.kindred.engine.catalog;

import io.kindred.engine.Value;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// Catalog changes as log records: one byte for the kind of record, then a value. Immutable.
public final class CatalogCodec {
  /// The first byte of every such record.
  public static final int RECORD_KIND = 1;

  private static final int RECORD_BYTES_MAX = 1 << 20;

  private CatalogCodec() {}

  public static ByteBuffer encode(CatalogChange change) {
    Map<String, Value> entries = new LinkedHashMap<>();
    switch (change) {
      case CatalogChange.CreateTable(var spec) -> {
        entries.put("change", Value.of("create_table"));
        entries.put("spec", SpecCodec.encode(spec));
      }
      case CatalogChange.AdoptTable(var spec, long filesId) -> {
        entries.put("change", Value.of("adopt_table"));
        entries.put("spec", SpecCodec.encode(spec));
        entries.put("files_id", Value.of(filesId));
      }
      case CatalogChange.DropTable(String name, long id, long revision) -> {
        entries.put("change", Value.of("drop_table"));
        entries.put("name", Value.of(name));
        entries.put("id", Value.of(id));
        entries.put("revision", Value.of(revision));
      }
    }
    ByteWriter out = new ByteWriter("catalog change", RECORD_BYTES_MAX);
    out.putByte(RECORD_KIND);
    ValueCodec.write(out, "change", new Value.Entries(entries));
    return out.asBuffer();
  }

  public static CatalogChange decode(ByteBuffer record) {
    SpecCodec.Reader in = new SpecCodec.Reader((Value.Entries) ValueCodec.read(record, Byte.BYTES));
    return switch (in.text("change")) {
      case "create_table" -> new CatalogChange.CreateTable(SpecCodec.decode(in.entries("spec")));
      case "adopt_table" ->
          new CatalogChange.AdoptTable(SpecCodec.decode(in.entries("spec")), in.int64("files_id"));
      case "drop_table" ->
          new CatalogChange.DropTable(in.text("name"), in.int64("id"), in.int64("revision"));
      default -> throw new IllegalStateException("catalog change: " + in.text("change"));
    };
  }
}
