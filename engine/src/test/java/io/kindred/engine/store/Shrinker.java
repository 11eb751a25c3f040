package io.kindred.engine.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Removes steps from a failing history while it still fails: halves, then quarters, and so on down
/// to single steps (delta debugging: Zeller and Hildebrandt, TSE 2002). Bounded by tries and time;
/// what is left then still fails. Owned by one thread.
final class Shrinker {
  private final int triesMax;
  private final long deadlineNanos;
  private int tries;

  Shrinker(int triesMax, Duration timeMax) {
    this.triesMax = triesMax;
    this.deadlineNanos = System.nanoTime() + timeMax.toNanos();
  }

  /// How often a history was repeated.
  int tries() {
    return tries;
  }

  /// @param failing steps of a history that fails
  /// @param fails whether a history of these steps still does
  /// @return some of the steps, in their order
  List<Integer> shrink(List<Integer> failing, Predicate<List<Integer>> fails) {
    List<Integer> left = List.copyOf(failing);
    int chunk = Math.max(1, left.size() / 2);
    while (!isSpent()) {
      List<Integer> less = withoutChunks(left, chunk, fails);
      boolean isSmaller = less.size() < left.size();
      left = less;
      if (chunk == 1 && !isSmaller) {
        return left;
      }
      chunk = Math.max(1, Math.min(chunk / 2, left.size() / 2));
    }
    return left;
  }

  /// Takes away each run of so many steps, from the end on, that the failure does not need.
  private List<Integer> withoutChunks(
      List<Integer> steps, int chunk, Predicate<List<Integer>> fails) {
    List<Integer> left = steps;
    for (int to = left.size(); to > 0 && !isSpent(); to -= chunk) {
      int from = Math.max(0, to - chunk);
      List<Integer> less = new ArrayList<>(left.subList(0, from));
      less.addAll(left.subList(to, left.size()));
      tries++;
      if (fails.test(less)) {
        left = less;
      }
    }
    return left;
  }

  private boolean isSpent() {
    return tries >= triesMax || System.nanoTime() - deadlineNanos > 0;
  }
}
