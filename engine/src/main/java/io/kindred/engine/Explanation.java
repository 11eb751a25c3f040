package io.kindred.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a search found its matches, and why so. Immutable.
///
/// @param parts what was searched, by shard: its base, then its deltas
/// @param checkNanos time to check the request and to bind its filter
/// @param searchNanos time to search the shards
/// @param mergeNanos time to merge what they found and to read the rows
public record Explanation(List<Part> parts, long checkNanos, long searchNanos, long mergeNanos) {
  public Explanation {
    parts = List.copyOf(parts);
  }

  /// One part of a shard.
  ///
  /// @param part `base`, `frozen` or `active`
  /// @param path as in `stats`; `scan` for a delta
  /// @param rows that the part holds
  /// @param candidates rows that the filter's bits or the partition leave
  /// @param passingEstimated rows that were expected to pass, from samples; null where nobody
  ///   estimated
  /// @param passing rows that do pass; null where not all were looked at
  /// @param visited vectors compared
  /// @param breadth beam width or lists probed; null where no index was walked
  /// @param rungs the ways that were weighed
  /// @param fallbacks why further ways were taken; empty where the first was enough
  public record Part(
      int shard,
      String part,
      String path,
      String reason,
      long rows,
      long candidates,
      @Nullable Long passingEstimated,
      @Nullable Long passing,
      long visited,
      @Nullable Breadth breadth,
      @Nullable FilterWork filter,
      List<Rung> rungs,
      List<String> fallbacks,
      long choosingNanos,
      long searchNanos) {
    public Part {
      rungs = List.copyOf(rungs);
      fallbacks = List.copyOf(fallbacks);
    }
  }

  /// @param from whether it was asked for, or tuned for a recall
  public record Breadth(int value, String from) {}

  /// What was done about the filter.
  ///
  /// @param state `kept`: its bits were there; `made`: they were made by this search; `tested`:
  ///   rows were tested one by one
  /// @param makingNanos time to make the bits
  public record FilterWork(String state, long makingNanos) {}

  /// A way to search, and what it was expected to take.
  public record Rung(String path, long expectedNanos) {}
}
