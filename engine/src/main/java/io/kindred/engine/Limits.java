package io.kindred.engine;

/// The bounds of what the engine accepts. Whatever exceeds one is refused with an error that names
/// it.
public final class Limits {
  public static final int KEY_BYTES_MAX = 512;
  public static final int METADATA_BYTES_MAX = 40 * 1024;
  public static final int STRING_BYTES_MAX = 32 * 1024;
  public static final int LIST_ITEMS_MAX = 1024;
  public static final int VALUE_DEPTH_MAX = 32;
  public static final int ROW_BYTES_MAX = 256 * 1024;
  public static final int DIMENSION_MAX = 8192;
  public static final int VECTOR_FIELDS_MAX = 16;
  public static final int FIELDS_MAX = 256;
  public static final int BATCH_ROWS_MAX = 10_000;
  public static final int BATCH_BYTES_MAX = 32 * 1024 * 1024;
  public static final int OPERATION_ID_BYTES_MAX = 128;
  public static final int OPERATIONS_REMEMBERED = 65_536;
  public static final int SOURCE_BYTES_MAX = 256;

  /// Sources of events that a shard remembers, each partition for itself.
  public static final int SOURCES_MAX = 16_384;

  /// The newest rejections that a shard remembers of one partition of a source, and of all.
  public static final int REJECTIONS_OF_SOURCE_MAX = 4_096;

  public static final int REJECTIONS_MAX = 65_536;
  public static final int MERGE_OPERATIONS_MAX = 64;
  public static final int COUNT_WINDOWS_MAX = 16;
  public static final int K_MAX = 10_000;
  public static final int EF_MAX = 10_000;
  public static final int EXCLUDED_KEYS_MAX = 10_000;
  public static final int BLOOM_BYTES_MAX = 1024 * 1024;
  public static final int SCAN_ROWS_MAX = 10_000;

  /// Levels of `$and`, `$or` and `$not`. Each may take two levels of the filter's JSON form, which
  /// travels as a [Value] and so keeps to `VALUE_DEPTH_MAX`.
  public static final int FILTER_DEPTH_MAX = 12;

  public static final int FILTER_NODES_MAX = 512;
  public static final int FILTER_LIST_MAX = 10_000;
  public static final int SHARDS_MAX = 64;
  public static final int TABLES_MAX = 1_000;

  private Limits() {}
}
