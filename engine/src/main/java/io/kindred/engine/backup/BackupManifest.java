package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Seal;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import io.kindred.engine.shard.ShardImage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What a backup consists of: tables as of one position of a log, and the files that hold them.
/// Immutable, and valid however it was made: it holds no path, only roles from which paths are
/// made, and each number is in its range. See `docs/formats/backup.md`.
///
/// @param id the time of the backup and a random number, `20260131t235959z-0123abcd`
/// @param logId the log that the position belongs to
/// @param position every record up to here is in the files, and none behind it
public record BackupManifest(
    String id, Instant createdAt, long logId, long position, List<BackupTable> tables) {
  static final SealedFile.Format FORMAT = new SealedFile.Format("backup", 1);
  private static final int BYTES_MAX = 256 << 20;
  private static final int VERSION_MAX = 1_000_000;
  private static final Pattern ROLE =
      Pattern.compile(
          "rows|offsets|keys|expiry|partitions|checkpoint|(?:vectors|presence|index|index-centroids)-(?:0|[1-9]\\d{0,2})");

  /// A table with its shards, in order of their numbers.
  public record BackupTable(TableEntry entry, List<BackupShard> shards) {
    public BackupTable {
      shards = List.copyOf(shards);
      String name = entry.spec().name();
      requireEqual("shards of table " + name, shards.size(), entry.spec().shards());
      requireWithin("version of table " + name, entry.version(), 1, VERSION_MAX);
    }

    public String name() {
      return entry.spec().name();
    }

    BackupTable withName(String name) {
      return new BackupTable(entry.withName(name), shards);
    }

    /// Rows neither replaced nor deleted; expired ones count.
    public long rowCount() {
      return shards.stream().mapToLong(BackupShard::rowCount).sum();
    }

    /// Bytes of all files.
    public long sizeBytes() {
      return shards.stream()
          .flatMap(shard -> shard.files().stream())
          .mapToLong(file -> file.seal().fileBytes())
          .sum();
    }
  }

  /// A shard; see [ShardImage].
  ///
  /// @param baseRowCount rows of the base, 0 where there is none
  public record BackupShard(
      long appliedPosition,
      long logTimeMillis,
      long rowCount,
      int baseRowCount,
      List<BackupFile> files) {
    public BackupShard {
      files = List.copyOf(files);
      requireWithin("rows", rowCount, 0, Long.MAX_VALUE);
      requireWithin("rows of the base", baseRowCount, 0, Integer.MAX_VALUE);
      Set<String> roles = new HashSet<>();
      for (BackupFile file : files) {
        if (!roles.add(file.role())) {
          throw refused("role " + file.role() + " twice", "each one once");
        }
      }
      if (!roles.contains(ShardImage.CHECKPOINT)) {
        throw refused("no checkpoint", "one in each shard");
      }
      if (roles.size() > 1 != baseRowCount > 0) {
        throw refused(
            (roles.size() - 1) + " files of a base of " + baseRowCount + " rows",
            "both or neither");
      }
    }

    /// The same shard, whose files have the numbers that restored ones have.
    ShardImage image() {
      List<BaseManifest.Part> parts = new ArrayList<>();
      BaseManifest.Part checkpoint = null;
      for (BackupFile file : files) {
        BaseManifest.Part part =
            new BaseManifest.Part(file.role(), file.seal().fileId(), file.seal().payloadBytes());
        if (file.role().equals(ShardImage.CHECKPOINT)) {
          checkpoint = part;
        } else {
          parts.add(part);
        }
      }
      BaseManifest base = baseRowCount == 0 ? null : new BaseManifest(1, baseRowCount, parts);
      return new ShardImage(
          appliedPosition,
          logTimeMillis,
          rowCount,
          base,
          1,
          java.util.Objects.requireNonNull(checkpoint));
    }
  }

  /// A file of a shard, with what its seal says.
  ///
  /// @param role as in a base's manifest, or `checkpoint`
  public record BackupFile(String role, Seal seal) {
    public BackupFile {
      if (!ROLE.matcher(role).matches()) {
        throw refused("role " + role, "one of a shard's files");
      }
    }

    String objectName() {
      return ObjectNames.file(seal);
    }
  }

  public BackupManifest {
    tables = List.copyOf(tables);
    if (!ObjectNames.isId(id)) {
      throw refused("id " + id, "one such as 20260131t235959z-0123abcd");
    }
    requireWithin("position", position, 0, Long.MAX_VALUE - 1);
    requireWithin("tables", tables.size(), 0, Limits.TABLES_MAX);
    Set<Object> seen = new HashSet<>();
    for (BackupTable table : tables) {
      TableEntry entry = table.entry();
      requireWithin("id of table " + table.name(), entry.id(), 1, position);
      requireWithin("revision of table " + table.name(), entry.revision(), entry.id(), position);
      if (!seen.add(table.name()) || !seen.add(entry.id())) {
        throw refused("table " + table.name() + " with id " + entry.id(), "each one once");
      }
      for (BackupShard shard : table.shards()) {
        requireWithin(
            "position of table " + table.name(),
            shard.appliedPosition(),
            entry.firstPosition(),
            position);
      }
    }
  }

  private static void requireWithin(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw refused(what + " " + value, min + " to " + max);
    }
  }

  private static void requireEqual(String what, long value, long expected) {
    requireWithin(what, value, expected, expected);
  }

  private static KindredException refused(String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT, "backup: " + found + " (expected: " + expected + ")");
  }

  /// A table of the backup.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND`
  public BackupTable table(String name) {
    return tables.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new KindredException(
                    ErrorCode.TABLE_NOT_FOUND,
                    "table: %s (expected: one of backup %s: %s)"
                        .formatted(
                            name,
                            id,
                            String.join(", ", tables.stream().map(BackupTable::name).toList()))));
  }

  /// Rows of all tables, neither replaced nor deleted; expired ones count.
  public long rowCount() {
    return tables.stream().mapToLong(BackupTable::rowCount).sum();
  }

  /// Bytes of all files.
  public long sizeBytes() {
    return tables.stream().mapToLong(BackupTable::sizeBytes).sum();
  }

  /// Names of the objects that hold the files.
  Set<String> objectNames() {
    Set<String> names = new HashSet<>();
    for (BackupTable table : tables) {
      for (BackupShard shard : table.shards()) {
        shard.files().forEach(file -> names.add(file.objectName()));
      }
    }
    return names;
  }

  /// The sealed file.
  ByteBuffer encode(long fileId) {
    List<Value> encoded = new ArrayList<>();
    tables.forEach(table -> encoded.add(encode(table)));
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("id", Value.of(id));
    entries.put("created_at_millis", Value.of(createdAt.toEpochMilli()));
    entries.put("log_id", Value.of(logId));
    entries.put("position", Value.of(position));
    entries.put("tables", new Value.Array(encoded));
    ByteWriter out = new ByteWriter("backup", BYTES_MAX);
    ValueCodec.write(out, "backup", new Value.Entries(entries));
    return Seal.wrap(FORMAT, fileId, out.asBuffer());
  }

  private static Value encode(BackupTable table) {
    List<Value> shards = new ArrayList<>();
    for (BackupShard shard : table.shards()) {
      List<Value> files = new ArrayList<>();
      shard.files().forEach(file -> files.add(encode(file)));
      Map<String, Value> entries = new LinkedHashMap<>();
      entries.put("applied_position", Value.of(shard.appliedPosition()));
      entries.put("log_time_millis", Value.of(shard.logTimeMillis()));
      entries.put("rows", Value.of(shard.rowCount()));
      entries.put("base_rows", Value.of(shard.baseRowCount()));
      entries.put("files", new Value.Array(files));
      shards.add(new Value.Entries(entries));
    }
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("table", table.entry().encode());
    entries.put("shards", new Value.Array(shards));
    return new Value.Entries(entries);
  }

  private static Value encode(BackupFile file) {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("role", Value.of(file.role()));
    entries.put("format", Value.of(file.seal().format()));
    entries.put("version", Value.of(file.seal().version()));
    entries.put("file_id", Value.of(file.seal().fileId()));
    entries.put("payload_bytes", Value.of(file.seal().payloadBytes()));
    entries.put("checksum", Value.of(file.seal().checksum()));
    return new Value.Entries(entries);
  }

  /// Reads a sealed file, checks its every byte, and then what it says.
  ///
  /// @param name what errors call the file
  /// @throws KindredException `CORRUPT` where it is damaged, too old, too new, or says what cannot
  ///   be
  static BackupManifest decode(String name, byte[] file) {
    ByteBuffer payload = Seal.unwrap(name, file, FORMAT);
    try {
      return decode((Value.Entries) ValueCodec.read(payload, 0));
    } catch (RuntimeException e) {
      // Whoever made the file may have put anything into it; nothing of it has been used yet.
      throw new KindredException(
          ErrorCode.CORRUPT,
          name + " is refused: " + e.getMessage() + " (expected: what a backup can hold)",
          e);
    }
  }

  private static BackupManifest decode(Value.Entries entries) {
    List<BackupTable> tables = new ArrayList<>();
    for (Value table : items(entries, "tables")) {
      tables.add(decodeTable((Value.Entries) table));
    }
    return new BackupManifest(
        text(entries, "id"),
        Instant.ofEpochMilli(int64(entries, "created_at_millis")),
        int64(entries, "log_id"),
        int64(entries, "position"),
        tables);
  }

  private static BackupTable decodeTable(Value.Entries entries) {
    List<BackupShard> shards = new ArrayList<>();
    for (Value item : items(entries, "shards")) {
      Value.Entries shard = (Value.Entries) item;
      List<BackupFile> files = new ArrayList<>();
      for (Value file : items(shard, "files")) {
        files.add(decodeFile((Value.Entries) file));
      }
      shards.add(
          new BackupShard(
              int64(shard, "applied_position"),
              int64(shard, "log_time_millis"),
              int64(shard, "rows"),
              Math.toIntExact(int64(shard, "base_rows")),
              files));
    }
    return new BackupTable(TableEntry.decode((Value.Entries) value(entries, "table")), shards);
  }

  private static BackupFile decodeFile(Value.Entries file) {
    return new BackupFile(
        text(file, "role"),
        new Seal(
            text(file, "format"),
            Math.toIntExact(int64(file, "version")),
            int64(file, "file_id"),
            int64(file, "payload_bytes"),
            Math.toIntExact(int64(file, "checksum"))));
  }

  private static List<Value> items(Value.Entries entries, String name) {
    return ((Value.Array) value(entries, name)).items();
  }

  private static String text(Value.Entries entries, String name) {
    return ((Value.Text) value(entries, name)).value();
  }

  private static long int64(Value.Entries entries, String name) {
    return ((Value.Int64) value(entries, name)).value();
  }

  private static Value value(Value.Entries entries, String name) {
    Value value = entries.values().get(name);
    if (value == null) {
      throw refused("no " + name, "one");
    }
    return value;
  }
}
