package io.kindred.engine.hnsw;

import java.lang.foreign.ValueLayout;

/// The payload of an `hnsw` file: offsets and sizes only. Little-endian. See docs/formats/hnsw.md.
///
/// ```
/// header (4096) | mean | entries | links | factors | codes
///                             | partitions | entries of partitions | links of partitions
/// ```
///
/// Each part starts at a multiple of 64 bytes.
final class HnswLayout {
  static final int VERSION = 3;
  static final String NAME = "hnsw";
  static final int ALIGNMENT = 64;
  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  static final int METRIC_OFFSET = 0;
  static final int M_OFFSET = 4;
  static final int EF_CONSTRUCTION_OFFSET = 8;
  static final int ROW_COUNT_OFFSET = 12;
  static final int LINKED_COUNT_OFFSET = 16;
  static final int DIMENSION_OFFSET = 20;
  static final int QUANTIZATION_OFFSET = 24;

  /// The quantiser's step, float32.
  static final int STEP_OFFSET = 28;

  static final int ENTRY_COUNT_OFFSET = 32;
  static final int ENTRIES_MAX = 1024;

  /// How many partitions have a graph of their own.
  static final int PARTITION_COUNT_OFFSET = 36;

  static final int STEP_COUNT_OFFSET = 220;

  /// Steps of the calibration: k (int32), ef (int32), recall (float64).
  static final int STEPS_OFFSET = 224;

  static final int STEP_BYTES = 16;
  static final int STEPS_MAX = 64;

  /// Queries of the calibration.
  static final int SAMPLE_COUNT_OFFSET = 1248;

  /// Milliseconds that the build took, int64.
  static final int BUILD_MILLIS_OFFSET = 1256;

  static final int HEADER_BYTES = 4096;

  /// What is said of a partition: its number, linked rows, entries, zero; int32 each.
  static final int PARTITION_BYTES = 16;

  static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private HnswLayout() {}
}
