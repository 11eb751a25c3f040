package io.kindred.app.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What shoppers were acknowledged to have done, and what must have become of it: their tastes,
/// computed beside Kindred in float64, and the items that they have seen. Thread-safe.
final class Ledger {
  /// As the demo's pipeline has it.
  private static final Duration HALF_LIFE = Duration.ofMinutes(1);

  private final Map<String, Mean> means = new HashMap<>();
  private final Map<String, Set<String>> seen = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();

  /// A taste before it is scaled to length 1. Immutable; the array does not change.
  ///
  /// @param time of the latest act
  /// @param weight of all acts, decayed to that time
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Mean(Instant time, double weight, double[] vector) {
    Mean with(Act act) {
      double before = weight * decay(Duration.between(time, act.at()));
      double added = act.kind().weight() * decay(Duration.between(act.at(), time));
      double[] mean = new double[vector.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (vector[i] * before + act.item().vector()[i] * added) / (before + added);
      }
      return new Mean(act.at().isAfter(time) ? act.at() : time, before + added, mean);
    }

    /// What is left of a weight after that time; all of it where it is negative.
    private static double decay(Duration age) {
      return age.isNegative()
          ? 1
          : Math.pow(
              0.5,
              age.dividedBy(ChronoUnit.MICROS.getDuration())
                  / (double) HALF_LIFE.dividedBy(ChronoUnit.MICROS.getDuration()));
    }
  }

  /// Begins from tastes that an earlier run stored.
  synchronized void begin(Map<String, Mean> stored) {
    means.putAll(stored);
  }

  synchronized void add(List<Act> acts) {
    for (Act act : acts) {
      Mean before = means.getOrDefault(act.shopper(), nothing(act));
      means.put(act.shopper(), before.with(act));
      seen.computeIfAbsent(act.shopper(), _ -> new HashSet<>()).add(act.item().id());
      counts.merge(act.shopper(), 1L, Long::sum);
    }
  }

  private static Mean nothing(Act act) {
    return new Mean(act.at(), 0, new double[act.item().vector().length]);
  }

  /// Shoppers who acted.
  synchronized List<String> shoppers() {
    return List.copyOf(counts.keySet());
  }

  /// How often a shopper acted.
  synchronized long count(String shopper) {
    return counts.getOrDefault(shopper, 0L);
  }

  /// The items that a shopper has acted on so far.
  synchronized Set<String> seen(String shopper) {
    return Set.copyOf(seen.getOrDefault(shopper, Set.of()));
  }

  /// How far a stored taste is from what it must be, in its component that is worst; infinite where
  /// there must be none.
  synchronized double distance(String shopper, float[] stored) {
    @Nullable Mean mean = means.get(shopper);
    if (mean == null) {
      return Double.POSITIVE_INFINITY;
    }
    double square = 0;
    for (double component : mean.vector()) {
      square += component * component;
    }
    double worst = 0;
    for (int i = 0; i < stored.length; i++) {
      worst = Math.max(worst, Math.abs(mean.vector()[i] / Math.sqrt(square) - stored[i]));
    }
    return worst;
  }
}
