package io.kindred.engine.index;

/// Chooses which of a node's near neighbours it links to: each one that is nearer to the node than
/// to any chosen before it (Malkov and Yashunin, algorithm 4). Owned by one thread.
final class LinkSelector {
  private static final int CHUNK = 4;

  private final Space.Origin origin = new Space.Origin();
  private int[] chosen = new int[0];
  private int[] fresh = new int[0];
  private long[] rejected = new long[0];
  private int rejectedCount;
  private final int[] batch = new int[CHUNK];
  private final float[] distances = new float[CHUNK];

  /// Moves the chosen ones to the front of `candidates`, without marks.
  ///
  /// @param candidates by distance to the node, nearest first; those marked are known to be diverse
  ///   among each other and are not compared again
  /// @param max at most as many are chosen
  /// @return how many
  int select(Space space, Layer layer, long[] candidates, int count, int max) {
    if (chosen.length < max) {
      chosen = new int[max];
      fresh = new int[max];
    }
    if (rejected.length < count) {
      rejected = new long[count];
    }
    rejectedCount = 0;
    int chosenCount = 0;
    int freshCount = 0;
    for (int i = 0; i < count && chosenCount < max; i++) {
      long candidate = candidates[i];
      boolean isSettled = (candidate & Candidate.MARK) != 0;
      int node = Candidate.ordinal(candidate);
      int ordinal = layer.ordinal(node);
      float length = Candidate.distance(candidate);
      int[] others = isSettled ? fresh : chosen;
      int otherCount = isSettled ? freshCount : chosenCount;
      if (!isNearerToOne(space, ordinal, length, others, otherCount)) {
        candidates[chosenCount] = candidate & ~Candidate.MARK;
        chosen[chosenCount++] = ordinal;
        if (!isSettled) {
          fresh[freshCount++] = ordinal;
        }
      } else {
        rejected[rejectedCount++] = candidate & ~Candidate.MARK;
      }
    }
    return chosenCount;
  }

  /// Puts the nearest of those that the last selection refused behind the chosen ones.
  ///
  /// @return how many links there are then, at most `fillTo` unless more were chosen
  int fill(long[] candidates, int chosenCount, int fillTo) {
    int added = Math.clamp(fillTo - chosenCount, 0, rejectedCount);
    System.arraycopy(rejected, 0, candidates, chosenCount, added);
    return chosenCount + added;
  }

  private boolean isNearerToOne(
      Space space, int ordinal, float length, int[] others, int otherCount) {
    if (otherCount == 0) {
      return false;
    }
    space.load(ordinal, origin);
    for (int start = 0; start < otherCount; start += CHUNK) {
      int count = Math.min(CHUNK, otherCount - start);
      System.arraycopy(others, start, batch, 0, count);
      space.score(origin, batch, count, distances);
      for (int i = 0; i < count; i++) {
        if (distances[i] < length) {
          return true;
        }
      }
    }
    return false;
  }
}
