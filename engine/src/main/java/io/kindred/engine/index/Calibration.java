package io.kindred.engine.index;

import io.kindred.engine.Limits;
import java.util.List;

/// Which recall each beam width reached, for some numbers of nearest rows. Immutable.
///
/// @param steps by k, then by ef, both ascending
/// @param sampleCount queries that were measured; 0 where nothing was
public record Calibration(List<Step> steps, int sampleCount) {
  /// A beam width to start from where nothing was measured.
  private static final int EF_DEFAULT = 64;

  /// @param recall of the `k` nearest, less some of its standard errors where the queries call for
  ///   it
  public record Step(int k, int ef, double recall) {}

  /// The beam width for a recall, never less than k.
  ///
  /// Between two measured widths the upper one's share of the way is taken; beyond the last, widths
  /// grow with the misses that are left.
  public int efFor(double recall, int k) {
    int measured = steps.isEmpty() ? EF_DEFAULT : efAt(nearestK(k), recall);
    int basis = steps.isEmpty() ? 10 : nearestK(k);
    double scaled = k > basis ? measured * (double) k / basis : measured;
    return (int) Math.min(Limits.EF_MAX, Math.max(k, Math.ceil(scaled)));
  }

  /// The least measured k that is not below this one, or the largest.
  private int nearestK(int k) {
    int best = steps.get(0).k();
    for (Step step : steps) {
      if (best < k) {
        best = step.k();
      }
    }
    return best;
  }

  private int efAt(int k, double recall) {
    Step before = null;
    for (Step step : steps) {
      if (step.k() != k) {
        continue;
      }
      if (step.recall() >= recall) {
        return before == null ? step.ef() : between(before, step, recall);
      }
      before = step;
    }
    if (before == null) {
      return EF_DEFAULT;
    }
    double missed = Math.max(1e-4, 1 - before.recall());
    double allowed = Math.max(1e-4, 1 - recall);
    return (int) Math.ceil(before.ef() * Math.max(1, missed / allowed));
  }

  private static int between(Step low, Step high, double recall) {
    double rise = high.recall() - low.recall();
    double share = rise <= 0 ? 1 : (recall - low.recall()) / rise;
    // Recall rises ever more slowly with ef, so the straight line between two steps is below it.
    return (int) Math.ceil(low.ef() + share * (high.ef() - low.ef()));
  }
}
