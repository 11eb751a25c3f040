package io.kindred.engine.ivf;

import java.util.List;

/// How many lists each recall took in the measurement at build time, and how many candidates are
/// worth comparing by their full vectors. Immutable.
///
/// @param steps by k, then by probes, both ascending; empty where nothing was measured
/// @param refines for each measured k, ascending
/// @param sampleCount queries that were measured
record IvfCalibration(List<Step> steps, List<Refine> refines, int sampleCount) {
  private static final int PROBES_DEFAULT = 16;
  private static final int REFINE_DEFAULT = 10;
  private static final double GROWTH_DEFAULT = 0.5;
  private static final double GROWTH_RECALL = 0.9;

  static final IvfCalibration NONE = new IvfCalibration(List.of(), List.of(), 0);

  /// @param recall of the `k` nearest, less twice its standard error
  record Step(int k, int probes, double recall) {}

  /// @param count candidates to compare for the `k` nearest
  record Refine(int k, int count) {}

  /// How many lists a recall takes.
  int probesFor(double recall, int k) {
    if (steps.isEmpty()) {
      return PROBES_DEFAULT;
    }
    int basis = measuredK(k);
    double probes = probesAt(basis, recall);
    if (k > basis) {
      probes *= Math.pow((double) k / basis, growth());
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(probes));
  }

  /// By which power of the wanted number of rows the number of lists grows.
  double growth() {
    if (refines.size() < 2) {
      return GROWTH_DEFAULT;
    }
    int least = refines.getFirst().k();
    int most = refines.getLast().k();
    double ratio = probesAt(most, GROWTH_RECALL) / probesAt(least, GROWTH_RECALL);
    return Math.clamp(Math.log(ratio) / Math.log((double) most / least), 0.1, 1);
  }

  /// How many candidates to compare by their full vectors, at least k.
  int refineFor(int k) {
    if (refines.isEmpty()) {
      return Math.multiplyExact(k, REFINE_DEFAULT);
    }
    Refine before = null;
    for (Refine refine : refines) {
      if (k <= refine.k()) {
        return before == null ? Math.max(k, refine.count()) : between(before, refine, k);
      }
      before = refine;
    }
    Refine last = refines.getLast();
    return (int) Math.max(k, Math.ceil((double) last.count() * k / last.k()));
  }

  private static int between(Refine low, Refine high, int k) {
    double share = (double) (k - low.k()) / (high.k() - low.k());
    return (int) Math.max(k, Math.ceil(low.count() + share * (high.count() - low.count())));
  }

  /// The least measured k that is not below this one, or the largest.
  private int measuredK(int k) {
    for (Refine refine : refines) {
      if (refine.k() >= k) {
        return refine.k();
      }
    }
    return refines.getLast().k();
  }

  private double probesAt(int k, double recall) {
    Step before = null;
    for (Step step : steps) {
      if (step.k() != k) {
        continue;
      }
      if (step.recall() >= recall) {
        return before == null ? step.probes() : between(before, step, recall);
      }
      before = step;
    }
    if (before == null) {
      return PROBES_DEFAULT;
    }
    double missed = Math.max(1e-4, 1 - before.recall());
    double allowed = Math.max(1e-4, 1 - recall);
    return before.probes() * Math.max(1, missed / allowed);
  }

  private static double between(Step low, Step high, double recall) {
    double rise = high.recall() - low.recall();
    double share = rise <= 0 ? 1 : (recall - low.recall()) / rise;
    // Recall rises ever more slowly with the lists, so the straight line between two steps is
    // below.
    return low.probes() + share * (high.probes() - low.probes());
  }
}
