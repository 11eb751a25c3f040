package io.kindred.engine.merge;

import io.kindred.engine.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state of a `MergeOperation.DecayedMean`, beside the vector. Immutable.
///
/// @param timeMicros the latest event time of those merged
/// @param weight of all that was merged, decayed to that time
/// @param length of the mean, by which the stored vector is to be multiplied; NaN where the vector
///   is the mean itself
public record MeanState(long timeMicros, double weight, double length) {
  private static final double AS_IT_IS = Double.NaN;

  /// A mean and what is known of it.
  ///
  /// @param vector as it is stored, or null where the mean has no direction
  public record Mean(float @Nullable [] vector, MeanState state) {}

  /// A vector that is merged.
  ///
  /// @param isUnit whether the mean is to be stored with length 1
  /// @param needsDirection whether a mean without one cannot be stored
  public record Merged(
      float[] vector,
      long timeMicros,
      double weight,
      long halfLifeMicros,
      boolean isUnit,
      boolean needsDirection) {}

  /// The state in a metadata entry.
  ///
  /// @param name of the entry, for errors
  /// @throws io.kindred.engine.KindredException `TYPE_MISMATCH` where it is another
  public static MeanState of(String name, Value state) {
    if (state instanceof Value.Entries(Map<String, Value> members)
        && members.get("time") instanceof Value.Int64(long time)
        && EventTimes.isValid(time)
        && members.get("weight") instanceof Value.Float64(double weight)
        && weight > 0) {
      switch (members.get("length")) {
        case null -> {
          return new MeanState(time, weight, AS_IT_IS);
        }
        case Value.Float64(double length) when length >= 0 -> {
          return new MeanState(time, weight, length);
        }
        default -> {}
      }
    }
    throw EventTimes.mismatch(name, "the state of a decayed mean");
  }

  public Value toValue() {
    Map<String, Value> members = new LinkedHashMap<>();
    members.put("time", Value.of(timeMicros));
    members.put("weight", Value.of(weight));
    if (!Double.isNaN(length)) {
      members.put("length", Value.of(length));
    }
    return new Value.Entries(members);
  }

  /// The mean with a vector more.
  ///
  /// @param stored the mean so far, or null where there is none
  public static Mean merge(@Nullable Mean stored, Merged merged) {
    long time = merged.timeMicros();
    double before = 0;
    double added = merged.weight();
    if (stored != null) {
      MeanState state = stored.state();
      long last = state.timeMicros();
      before = state.weight();
      if (time >= last) {
        before *= decay(time - last, merged.halfLifeMicros());
      } else {
        added *= decay(last - time, merged.halfLifeMicros());
        time = last;
      }
    }
    double sum = before + added;
    double[] mean = mean(stored, before / sum, merged.vector(), added / sum);
    return stored(mean, new MeanState(time, sum, AS_IT_IS), merged);
  }

  /// `StrictMath`, so that every machine has the same bits.
  private static double decay(long ageMicros, long halfLifeMicros) {
    return StrictMath.pow(2, -(ageMicros / (double) halfLifeMicros));
  }

  private static double[] mean(
      @Nullable Mean stored, double storedShare, float[] added, double addedShare) {
    double[] mean = new double[added.length];
    float[] before = stored == null ? null : stored.vector();
    if (stored == null || before == null) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] = added[i] * addedShare;
      }
      return mean;
    }
    double length = stored.state().length();
    double factor = Double.isNaN(length) ? storedShare : storedShare * length;
    for (int i = 0; i < mean.length; i++) {
      mean[i] = before[i] * factor + added[i] * addedShare;
    }
    return mean;
  }

  private static Mean stored(double[] mean, MeanState asItIs, Merged merged) {
    double squares = 0;
    for (double component : mean) {
      squares += component * component;
    }
    boolean hasDirection = squares >= Float.MIN_NORMAL;
    double length = merged.isUnit() ? (hasDirection ? StrictMath.sqrt(squares) : 0) : AS_IT_IS;
    MeanState state = new MeanState(asItIs.timeMicros(), asItIs.weight(), length);
    if (!hasDirection && merged.needsDirection()) {
      return new Mean(null, state);
    }
    double divisor = merged.isUnit() ? length : 1;
    float[] vector = new float[mean.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (mean[i] / divisor);
    }
    return new Mean(vector, state);
  }
}
