package io.kindred.engine.index;

import io.kindred.engine.index.IndexSearch.Passing;

/// Judges how many rows pass by testing some of them. Stateless.
final class PassShare {
  /// Samples that judge a share: as many as it takes to see enough rows that pass.
  private static final int SAMPLES_MAX = 512;

  private static final int SAMPLES_LIVE_MAX = 64;
  private static final int SAMPLES_PASSED_ENOUGH = 24;

  /// The golden ratio's share of 2^16: multiples of it lie evenly, however many there are.
  private static final int SAMPLE_STEP = 40_503;

  private PassShare() {}

  /// The share of the candidates that passes: of the rows that the pass's bits name, or its list,
  /// or of all; above 0. 1 where there are none.
  ///
  /// @param left what the pass has to test besides its bits and list
  /// @param rowCount ordinals `[0, rowCount)` are searched
  static double of(Pass pass, Passing left, int rowCount) {
    PassBits bits = pass.bits();
    OrdinalList list = pass.list();
    int candidates = candidates(pass, rowCount);
    if (left == Passing.ALL || candidates == 0) {
      return 1;
    }
    int samplesMax = left == Passing.LIVE ? SAMPLES_LIVE_MAX : SAMPLES_MAX;
    int passed = 0;
    int sampled = 0;
    // A step that no pattern of the rows follows, so that a run of equal ones does not decide.
    for (int at = 0; sampled < samplesMax && passed < SAMPLES_PASSED_ENOUGH; sampled++) {
      int ordinal;
      if (bits == null && list != null) {
        ordinal = list.get((int) (((long) at * list.count()) >>> 16));
      } else {
        ordinal = (int) (((long) at * rowCount) >>> 16);
        if (bits != null) {
          ordinal = bits.next(ordinal);
          ordinal = ordinal < rowCount ? ordinal : bits.next(0);
        }
      }
      passed += pass.test(ordinal) ? 1 : 0;
      at = (at + SAMPLE_STEP) & 0xFFFF;
    }
    return Math.max(0.5, passed) / sampled;
  }

  /// How many rows could pass.
  static int candidates(Pass pass, int rowCount) {
    PassBits bits = pass.bits();
    OrdinalList list = pass.list();
    if (bits != null) {
      return bits.cardinality();
    }
    return list != null ? list.count() : rowCount;
  }
}
