package io.kindred.engine.merge;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state of a `MergeOperation.Count`: events by tiles of event time, for each window those
/// tiles that it touches and that are not 0. Immutable.
public final class WindowCounts {
  /// The longest window.
  public static final long LENGTH_SECONDS_MAX = TiledWindow.LENGTH_SECONDS_MAX;

  private final long timeMicros;
  private final List<TiledWindow> windows;

  /// @param timeMicros the latest event time seen: where the windows end
  private WindowCounts(long timeMicros, List<TiledWindow> windows) {
    this.timeMicros = timeMicros;
    this.windows = windows;
  }

  /// What is counted.
  ///
  /// @param name of the state, for errors
  public record Counted(String name, long timeMicros, long amount) {}

  /// A window that counts.
  public record Declared(String field, long lengthSeconds) {}

  /// The state in a metadata entry.
  ///
  /// @throws KindredException `TYPE_MISMATCH` where it is another
  public static WindowCounts of(String name, Value state) {
    if (state instanceof Value.Entries(Map<String, Value> members)
        && members.get("time") instanceof Value.Int64(long time)
        && EventTimes.isValid(time)
        && members.get("windows") instanceof Value.Entries(Map<String, Value> named)) {
      List<TiledWindow> windows = new ArrayList<>();
      for (Map.Entry<String, Value> entry : named.entrySet()) {
        TiledWindow window = TiledWindow.of(entry.getKey(), entry.getValue(), time);
        if (window == null) {
          throw mismatch(name);
        }
        windows.add(window);
      }
      return new WindowCounts(time, windows);
    }
    throw mismatch(name);
  }

  private static KindredException mismatch(String name) {
    return EventTimes.mismatch(name, "the state of counts in windows");
  }

  /// The state with events more.
  ///
  /// @param stored the state so far, or null where there is none
  /// @throws KindredException `INVALID_ARGUMENT` where a count would exceed 64 bits
  public static WindowCounts add(
      @Nullable WindowCounts stored, List<Declared> declared, Counted counted) {
    long time = counted.timeMicros();
    if (stored != null) {
      time = Math.max(time, stored.timeMicros);
    }
    List<TiledWindow> windows = new ArrayList<>();
    try {
      for (Declared window : declared) {
        TiledWindow before = stored == null ? null : stored.find(window);
        TiledWindow empty = TiledWindow.empty(window.field(), window.lengthSeconds());
        windows.add((before == null ? empty : before).add(time, counted));
      }
    } catch (ArithmeticException e) {
      throw (KindredException)
          KindredException.of(
                  ErrorCode.INVALID_ARGUMENT,
                  counted.name(),
                  "a count and " + counted.amount() + " more",
                  "at most 64 bits")
              .initCause(e);
    }
    return new WindowCounts(time, windows);
  }

  private @Nullable TiledWindow find(Declared declared) {
    for (TiledWindow window : windows) {
      if (window.field().equals(declared.field())
          && window.lengthSeconds() == declared.lengthSeconds()) {
        return window;
      }
    }
    return null;
  }

  /// The value of each window, in their order.
  public long[] values() {
    return windows.stream().mapToLong(TiledWindow::value).toArray();
  }

  public Value toValue() {
    Map<String, Value> named = new LinkedHashMap<>();
    long due = Long.MAX_VALUE;
    for (TiledWindow window : windows) {
      named.put(window.field(), window.toValue());
      due = Math.min(due, window.dueMicros());
    }
    Map<String, Value> members = new LinkedHashMap<>();
    members.put("time", Value.of(timeMicros));
    if (due != Long.MAX_VALUE) {
      members.put("due", Value.of(due));
    }
    members.put("windows", new Value.Entries(named));
    return new Value.Entries(members);
  }
}
