package io.kindred.bench.pipeline;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/// How well recommendations foretell what was held out. Owned by one thread.
final class HitRate {
  private int users;
  private int hits;
  private double recall;

  /// @param recommended to one person
  /// @param heldOut at least one
  void add(Collection<Integer> recommended, Set<Integer> heldOut) {
    long found = recommended.stream().filter(heldOut::contains).count();
    users++;
    hits += found > 0 ? 1 : 0;
    recall += (double) found / heldOut.size();
  }

  /// The share of people of whom one book at least was foretold.
  double hitRate() {
    return (double) hits / users;
  }

  /// The mean share of the held-out books that were foretold.
  double recall() {
    return recall / users;
  }

  /// The first of some books, without those that a person has.
  static List<Integer> unseen(List<Integer> books, Set<Integer> seen, int count) {
    return books.stream().filter(book -> !seen.contains(book)).limit(count).toList();
  }
}
