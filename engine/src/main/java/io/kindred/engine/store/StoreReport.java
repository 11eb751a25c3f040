package io.kindred.engine.store;

import io.kindred.engine.TableSpec;
import io.kindred.engine.shard.ShardFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// What the files of a store hold. Immutable.
///
/// @param freeBytes of the directory's file system
/// @param leftovers files and directories that the next start deletes, as a crash leaves them
public record StoreReport(
    Path directory, long freeBytes, LogReport log, List<TableReport> tables, List<Path> leftovers) {
  public StoreReport {
    tables = List.copyOf(tables);
    leftovers = List.copyOf(leftovers);
  }

  /// @param start the first record that is still needed
  /// @param firstPosition of the oldest record held
  /// @param lastPosition of the newest record, one less than the oldest where there is none
  /// @param tornBytes what the next start will cut from its end
  public record LogReport(
      long id, long start, long firstPosition, long lastPosition, long bytes, long tornBytes) {}

  /// @param version number of the live version
  public record TableReport(
      TableSpec spec,
      long id,
      long revision,
      Instant createdAt,
      int version,
      List<ShardFiles.Contents> shards) {
    public TableReport {
      shards = List.copyOf(shards);
    }

    /// Rows that the files hold, without those that are only in the log as yet.
    public long rows() {
      return shards.stream().mapToLong(ShardFiles.Contents::rows).sum();
    }

    /// Bytes of all files of the table.
    public long bytes() {
      return shards.stream()
          .flatMap(shard -> shard.bytes().values().stream())
          .mapToLong(Long::longValue)
          .sum();
    }
  }
}
