package io.kindred.app.soak;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/// Made-up samples, to see what is found in them.
final class SoakSamples {
  private static final long RESIDENT_BYTES = 500L << 20;
  private static final long DISK_BYTES = 200L << 20;
  private static final double MILLIS = 8;

  private SoakSamples() {}

  /// A figure as it grows over the soak, by so much of itself.
  private record Growth(double disk, double searches, double rows) {}

  static List<Sample> steady(SoakPlan plan) {
    return samples(plan, new Growth(0, 0, 0));
  }

  static List<Sample> withGrowingFiles(SoakPlan plan) {
    return samples(plan, new Growth(0.2, 0, 0));
  }

  static List<Sample> withSlowerSearches(SoakPlan plan) {
    return samples(plan, new Growth(0, 1.2, 0));
  }

  static List<Sample> withRowsThatStay(SoakPlan plan) {
    return samples(plan, new Growth(0, 0, 1));
  }

  private static List<Sample> samples(SoakPlan plan, Growth growth) {
    List<Sample> samples = new ArrayList<>();
    double total = plan.time().toMillis() / 1e3;
    double interval = plan.sampleTime().toMillis() / 1e3;
    for (double seconds = interval; seconds <= total; seconds += interval) {
      double share = seconds / total;
      double sawtooth = 0.2 * (samples.size() % 7) / 7; // As deltas grow and are folded.
      samples.add(
          new Sample(
              seconds,
              (long) (RESIDENT_BYTES * (1 + sawtooth)),
              RESIDENT_BYTES / 2,
              (long) (DISK_BYTES * (1 + sawtooth + growth.disk * share)),
              (long) (plan.rows() * (1 + growth.rows * share)),
              new Latencies.Summary(100, MILLIS / 2, MILLIS * (1 + sawtooth), 2 * MILLIS),
              new Latencies.Summary(100, 1, MILLIS * (1 + growth.searches * share), 2 * MILLIS),
              JsonNodeFactory.instance.objectNode()));
    }
    return samples;
  }
}
