package io.kindred.engine.store;

import io.kindred.engine.CountWindow;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.RowMerge;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.merge.AgeingFilter;
import io.kindred.engine.merge.MeanState;
import io.kindred.engine.merge.WindowCounts;
import io.kindred.engine.segment.SeenKeys;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What merges should make of one row, operation by operation. What each operation computes is
/// compared with its definition elsewhere. Owned by one thread.
final class MergeModel {
  private final TableSpec spec;
  private final Map<String, float[]> vectors;
  private final Map<String, Value> fields;
  private final Map<String, Value> metadata;
  private @Nullable Instant eventTime;
  private boolean isApplied;
  private boolean isStale;

  MergeModel(TableSpec spec, TableModel.@Nullable ModelRow stored) {
    this.spec = spec;
    this.vectors = stored == null ? new HashMap<>() : new HashMap<>(stored.vectors());
    this.fields = stored == null ? new HashMap<>() : new HashMap<>(stored.fields());
    this.metadata = stored == null ? new LinkedHashMap<>() : new LinkedHashMap<>(stored.metadata());
    this.eventTime = stored == null ? null : stored.eventTime();
  }

  boolean isApplied() {
    return isApplied;
  }

  boolean isStale() {
    return isStale;
  }

  TableModel.ModelRow row(long expiryMillis) {
    return new TableModel.ModelRow(
        TableModel.UNKNOWN, vectors, fields, metadata, eventTime, expiryMillis);
  }

  static boolean onlyMovesTime(RowMerge merge) {
    return merge.operations().stream()
        .allMatch(one -> one instanceof MergeOperation.Count count && count.amount() == 0);
  }

  /// @throws io.kindred.engine.KindredException where the row should be rejected
  void merge(RowMerge merge) {
    for (MergeOperation operation : merge.operations()) {
      if (operation instanceof MergeOperation.Assign
          && eventTime != null
          && merge.eventTime().isBefore(eventTime)) {
        isStale = true;
      } else {
        merge(operation, merge.eventTime());
        isApplied = true;
      }
    }
  }

  private void merge(MergeOperation operation, Instant time) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
    switch (operation) {
      case MergeOperation.Assign assign -> {
        vectors.putAll(assign.vectors());
        assign.fields().forEach((name, value) -> assign(fields, name, value));
        assign.metadata().forEach((name, value) -> assign(metadata, name, value));
        eventTime = time;
      }
      case MergeOperation.DecayedMean mean -> merge(mean, micros);
      case MergeOperation.Count count -> merge(count, micros);
      case MergeOperation.AddToFilter added -> {
        Value state = metadata.get(added.state());
        AgeingFilter filter =
            state == null
                ? AgeingFilter.empty(
                    AgeingFilter.hashes(added.errorRate()),
                    (int) AgeingFilter.bits(added.capacity(), added.errorRate()))
                : AgeingFilter.of(added.state(), state);
        metadata.put(
            added.state(), filter.with(SeenKeys.hash(added.id()), added.capacity()).toValue());
      }
    }
  }

  private static void assign(Map<String, Value> entries, String name, Value value) {
    if (value == Value.Null.NULL) {
      entries.remove(name);
    } else {
      entries.put(name, value);
    }
  }

  private void merge(MergeOperation.DecayedMean mean, long micros) {
    VectorSpec vector = Objects.requireNonNull(spec.vectors().get(mean.vector()));
    boolean isUnit = mean.scaling() == MergeOperation.Scaling.UNIT;
    Value state = metadata.get(mean.state());
    MeanState.Mean after =
        MeanState.merge(
            state == null
                ? null
                : new MeanState.Mean(vectors.get(mean.vector()), MeanState.of(mean.state(), state)),
            new MeanState.Merged(
                mean.value(),
                micros,
                mean.weight(),
                mean.halfLife().toMillis() * 1_000,
                isUnit,
                isUnit || vector.metric() == Metric.COSINE));
    float[] made = after.vector();
    if (made == null) {
      vectors.remove(mean.vector());
    } else {
      vectors.put(mean.vector(), made);
    }
    metadata.put(mean.state(), after.state().toValue());
  }

  private void merge(MergeOperation.Count count, long micros) {
    List<WindowCounts.Declared> windows = new ArrayList<>();
    for (CountWindow window : count.windows()) {
      windows.add(new WindowCounts.Declared(window.field(), window.length().toSeconds()));
    }
    Value state = metadata.get(count.state());
    WindowCounts counts =
        WindowCounts.add(
            state == null ? null : WindowCounts.of(count.state(), state),
            windows,
            new WindowCounts.Counted(count.state(), micros, count.amount()));
    for (int i = 0; i < windows.size(); i++) {
      fields.put(windows.get(i).field(), Value.of(counts.values()[i]));
    }
    metadata.put(count.state(), counts.toValue());
  }
}
