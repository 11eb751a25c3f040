package io.kindred.engine.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one search of a base did, and why: written only where someone asked for it. Owned by the
/// searching thread.
public final class SearchTrace {
  /// A way to search, and what it was expected to take.
  public record Rung(IndexSearch.Path path, double nanos) {}

  private final List<Rung> rungs = new ArrayList<>();
  private final List<String> fallbacks = new ArrayList<>();
  private IndexSearch.@Nullable Path path;
  private String reason = "";
  private String breadthFrom = "";
  private int breadth;
  private int candidates;
  private double estimatedPassing;
  private long choosingNanos;
  private long searchNanos;
  private long madeBitsNanos;

  void choosing(int candidateCount, double passing) {
    candidates = candidateCount;
    estimatedPassing = passing;
    rungs.clear();
  }

  void breadth(int value, String from) {
    breadth = value;
    breadthFrom = from;
  }

  void rung(IndexSearch.Path way, double nanos) {
    rungs.add(new Rung(way, nanos));
  }

  void chosen(IndexSearch.Path way, String why) {
    path = way;
    reason = why;
  }

  void fellBack(String why) {
    fallbacks.add(why);
  }

  void took(long choosing, long searching) {
    choosingNanos = choosing;
    searchNanos = searching;
  }

  void madeBits(long nanos) {
    madeBitsNanos = nanos;
  }

  /// The way that was chosen first; null before a search.
  public IndexSearch.@Nullable Path path() {
    return path;
  }

  public String reason() {
    return reason;
  }

  /// All that were weighed; with the time that each was expected to take.
  public List<Rung> rungs() {
    return rungs;
  }

  /// Why further ways were taken after the first; empty where the first was enough.
  public List<String> fallbacks() {
    return fallbacks;
  }

  /// Beam width or lists probed; 0 where no index was walked.
  public int breadth() {
    return breadth;
  }

  public String breadthFrom() {
    return breadthFrom;
  }

  /// Rows that could pass: all, or those of the filter's bits or of the partition.
  public int candidates() {
    return candidates;
  }

  /// How many of them pass, judged by samples; negative where nobody judged.
  public double estimatedPassing() {
    return estimatedPassing;
  }

  /// Time to sample and to choose, without [#madeBitsNanos].
  public long choosingNanos() {
    return choosingNanos;
  }

  public long searchNanos() {
    return searchNanos;
  }

  /// Time to test the filter on every row; 0 where that was not done.
  public long madeBitsNanos() {
    return madeBitsNanos;
  }
}
