package io.kindred.engine.ivf;

import java.lang.foreign.ValueLayout;

/// The payload of an `ivf` file: offsets and sizes only. Little-endian. See docs/formats/ivf.md.
///
/// ```
/// header (4096) | codec | centroids | list starts | ordinals | terms | codes
/// ```
///
/// Each part starts at a multiple of 64 bytes.
final class IvfLayout {
  static final int VERSION = 1;
  static final String NAME = "ivf";
  static final int ALIGNMENT = 64;
  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  static final int KIND_OFFSET = 0;
  static final int METRIC_OFFSET = 4;
  static final int DIMENSION_OFFSET = 8;
  static final int COMPONENTS_OFFSET = 12;
  static final int ROW_COUNT_OFFSET = 16;
  static final int LINKED_COUNT_OFFSET = 20;
  static final int LIST_COUNT_OFFSET = 24;
  static final int BLOCK_COUNT_OFFSET = 28;
  static final int TRAINED_ROWS_OFFSET = 32;
  static final int SAMPLE_COUNT_OFFSET = 36;
  static final int TRAINED_IMBALANCE_OFFSET = 40;

  static final int REFINE_COUNT_OFFSET = 48;

  /// Refines of the calibration: k (int32), count (int32).
  static final int REFINES_OFFSET = 52;

  static final int REFINE_BYTES = 8;
  static final int REFINES_MAX = 8;

  static final int STEP_COUNT_OFFSET = 116;

  /// Steps of the calibration: k (int32), probes (int32), recall (float64).
  static final int STEPS_OFFSET = 120;

  static final int STEP_BYTES = 16;
  static final int STEPS_MAX = 64;

  static final int HEADER_BYTES = 4096;

  private IvfLayout() {}

  static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
