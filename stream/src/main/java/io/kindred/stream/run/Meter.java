package io.kindred.stream.run;

import io.kindred.stream.PipelineStatus;
import java.util.ArrayList;
import java.util.List;

/// What a pipeline has done since it was started in this process. Thread-safe.
final class Meter {
  final Rate received = new Rate();
  final Rate applied = new Rate();
  final Rate deadLettered = new Rate();
  final Rate repeated = new Rate();
  final Rate stale = new Rate();
  final Rate retries = new Rate();
  final Rate advanced = new Rate();
  final Latencies latencies = new Latencies();
  private volatile List<StepMeter> steps = List.of();

  /// Counts of one step.
  record StepMeter(String label, Rate in, Rate out, Rate dropped, Rate rejected) {
    StepMeter(String label) {
      this(label, new Rate(), new Rate(), new Rate(), new Rate());
    }
  }

  /// The steps' counts, which go on from before where the labels are the same.
  List<StepMeter> steps(List<String> labels) {
    if (!steps.stream().map(StepMeter::label).toList().equals(labels)) {
      steps = labels.stream().map(StepMeter::new).toList();
    }
    return steps;
  }

  /// Called once a second by one thread.
  void sample() {
    received.sample();
    applied.sample();
    deadLettered.sample();
    latencies.sample();
    for (StepMeter step : steps) {
      step.in().sample();
      step.out().sample();
    }
  }

  PipelineStatus.Counts counts() {
    return new PipelineStatus.Counts(
        received.count(),
        applied.count(),
        repeated.count(),
        stale.count(),
        deadLettered.count(),
        retries.count(),
        advanced.count());
  }

  PipelineStatus.Rates rates() {
    return new PipelineStatus.Rates(
        received.perSecond(), applied.perSecond(), deadLettered.perSecond());
  }

  List<PipelineStatus.Step> stepStatuses() {
    List<PipelineStatus.Step> statuses = new ArrayList<>();
    for (StepMeter step : steps) {
      statuses.add(
          new PipelineStatus.Step(
              step.label(),
              step.in().count(),
              step.out().count(),
              step.dropped().count(),
              step.rejected().count(),
              step.in().perSecond(),
              step.out().perSecond()));
    }
    return statuses;
  }
}
