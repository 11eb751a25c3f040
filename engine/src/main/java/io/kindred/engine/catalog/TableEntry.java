package io.kindred.engine.catalog;

import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/// A table as the catalog holds it. Immutable.
///
/// @param id the log position of its creation, and so never reused
/// @param revision the log position of the last change of this entry
/// @param version number of the live version
/// @param filesId names the directory of a table that was made of files, or 0: its id names it
public record TableEntry(
    long id, TableSpec spec, long revision, long createdAtMillis, int version, long filesId) {
  /// A table that began empty.
  public TableEntry(long id, TableSpec spec, long revision, long createdAtMillis, int version) {
    this(id, spec, revision, createdAtMillis, version, 0);
  }

  /// The log has had every change of the table from here on; 0 where it began with files, without
  /// which it is not.
  public long firstPosition() {
    return filesId == 0 ? id : 0;
  }

  /// The same table under another name.
  public TableEntry withName(String name) {
    return new TableEntry(id, spec.withName(name), revision, createdAtMillis, version, filesId);
  }

  /// The form in which files hold it; see `docs/formats/catalog.md`.
  public Value.Entries encode() {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("id", Value.of(id));
    entries.put("spec", SpecCodec.encode(spec));
    entries.put("revision", Value.of(revision));
    entries.put("created_at_millis", Value.of(createdAtMillis));
    entries.put("version", Value.of(version));
    if (filesId != 0) {
      entries.put("files_id", Value.of(filesId));
    }
    return new Value.Entries(entries);
  }

  /// Reads what [#encode] made; anything else fails with some unchecked exception.
  public static TableEntry decode(Value.Entries entries) {
    SpecCodec.Reader in = new SpecCodec.Reader(entries);
    return new TableEntry(
        in.int64("id"),
        SpecCodec.decode(in.entries("spec")),
        in.int64("revision"),
        in.int64("created_at_millis"),
        in.int32("version"),
        in.has("files_id") ? in.int64("files_id") : 0);
  }
}
