package io.kindred.engine.vector;

/// The loops of `passing.inc`: one walk that looks for rows whose bit is set. Owned by one thread.
final class JavaPassingWalk {
  private static final int STARTS_MIN = 4;
  private static final int NEAREST_ENTRIES = 32;

  /// After as many steps the nearest rows so far tell how many pass.
  private static final int LOOK_AFTER = 16;

  private static final int LOOK_AT = 32;

  /// Fewer are too few to walk through the others.
  private static final int LOOK_FOR = 4;

  private final JavaGraphKernel kernel;
  private final GraphMemory graph;
  private final Walk walk;

  /// Address of one bit a row.
  private final long passing;

  private final JavaSeen seen;

  JavaPassingWalk(JavaGraphKernel kernel, GraphMemory graph, Walk walk, long passing) {
    this.kernel = kernel;
    this.graph = graph;
    this.walk = walk;
    this.passing = passing;
    seen = new JavaSeen(walk);
  }

  private boolean passes(int row) {
    return (Memory.getLong(passing + (row >>> 6) * 8L) & 1L << row) != 0;
  }

  /// How many of the `count` entries nearest to the query pass.
  int amongEntries(int count) {
    JavaBeam nearest = new JavaBeam(walk.beam(), count);
    kernel.scoreEntries(graph, walk, nearest);
    int passingCount = 0;
    for (int i = 0; i < nearest.size(); i++) {
      passingCount += passes(nearest.ordinal(i)) ? 1 : 0;
    }
    return passingCount;
  }

  /// A walk through all rows, until enough of its beam pass.
  ///
  /// @return how many of the beam do; none, where hardly any near the query do
  int through(int width, float least, float wanted) {
    JavaBeam beam = new JavaBeam(walk.beam(), Math.min(graph.seeds(), width));
    kernel.scoreEntries(graph, walk, beam);
    beam.setWidth(width);
    Enough enough = new Enough(beam, least, wanted);
    for (int i = 0; i < beam.size(); i++) {
      seen.add(beam.ordinal(i));
      enough.count(beam.ordinal(i));
    }
    enough.dropBehind();
    boolean hasLooked = false;
    for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
      if (!hasLooked && beam.cursor() >= LOOK_AFTER) {
        hasLooked = true;
        if (enough.areFew()) {
          beam.clear();
          enough.passingCount = 0;
          break;
        }
      }
      int count = JavaGraphKernel.gather(graph, walk, node, seen);
      kernel.score(graph.rows(), walk, count);
      enough.offer(count);
    }
    JavaGraphKernel.finish(walk, beam, seen);
    return enough.passingCount;
  }

  /// How wide a beam is, by the share of its rows that pass: enough are in it once there are `least
  /// + wanted / share`. What comes nearer than its end only moves the end, so what lies behind is
  ///   dropped at once.
  private final class Enough {
    private final JavaBeam beam;
    private final float least;
    private final float wanted;
    private int passingCount;

    Enough(JavaBeam beam, float least, float wanted) {
      this.beam = beam;
      this.least = least;
      this.wanted = wanted;
    }

    void count(int row) {
      passingCount += passes(row) ? 1 : 0;
    }

    private boolean are(int passingCount, int size) {
      return passingCount > wanted && passingCount * (size - least) >= wanted * size;
    }

    /// Whether hardly any of the nearest rows so far pass.
    boolean areFew() {
      if (beam.size() < LOOK_AT) {
        return false;
      }
      int count = 0;
      for (int i = 0; i < LOOK_AT; i++) {
        count += passes(beam.ordinal(i)) ? 1 : 0;
      }
      return count < LOOK_FOR;
    }

    private float farthest() {
      boolean isFull = beam.size() == beam.width() || are(passingCount, beam.size());
      return isFull ? Candidate.distance(beam.get(beam.size() - 1)) : Float.POSITIVE_INFINITY;
    }

    void offer(int count) {
      float farthest = farthest();
      for (int i = 0; i < count; i++) {
        if (walk.distance(i) <= farthest) {
          beam.insert(Candidate.of(walk.distance(i), walk.id(i)));
          count(walk.id(i));
          dropBehind();
          farthest = farthest();
        }
      }
    }

    void dropBehind() {
      while (beam.size() > 0) {
        int last = passes(beam.ordinal(beam.size() - 1)) ? 1 : 0;
        if (beam.size() <= beam.width() && !are(passingCount - last, beam.size() - 1)) {
          return;
        }
        passingCount -= last;
        beam.dropLast();
      }
    }
  }

  /// A walk that compares passing rows only, and goes through the others to their neighbours.
  void around(int width) {
    int starts = Math.min(width, Math.max(graph.seeds(), STARTS_MIN));
    JavaBeam beam = new JavaBeam(walk.beam(), starts);
    JavaBeam nearest = new JavaBeam(walk.spare(), NEAREST_ENTRIES);
    scoreEntries(beam, nearest);
    beam.setWidth(width);
    for (int i = 0; i < beam.size(); i++) {
      seen.add(beam.ordinal(i));
    }
    for (int i = 0; i < nearest.size() && beam.size() < STARTS_MIN; i++) {
      kernel.scoreAndOffer(graph.rows(), walk, beam, gather(nearest.ordinal(i)));
    }
    for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
      walk.addHop();
      kernel.scoreAndOffer(graph.rows(), walk, beam, gather(node));
    }
    JavaGraphKernel.finish(walk, beam, seen);
  }

  private void scoreEntries(JavaBeam passingOnes, JavaBeam nearest) {
    for (int from = 0; from < graph.entryCount(); from += Walk.BATCH_MAX) {
      int count = kernel.scoreEntries(graph, walk, from);
      for (int i = 0; i < count; i++) {
        int row = graph.entryId(from + i);
        long candidate = Candidate.of(walk.distance(i), row);
        nearest.offer(candidate);
        if (passes(row)) {
          passingOnes.offer(candidate);
        }
      }
    }
  }

  /// Unseen passing neighbours, and through those that fail, theirs; into the walk's ids.
  private int gather(int node) {
    long links = graph.linksOf(node);
    int degree = graph.degree();
    int enough = degree - degree / 4;
    int count = 0;
    // Those that fail wait at the end of the ids.
    int failing = Walk.BATCH_MAX;
    for (int i = 0; i < degree; i++) {
      int row = Memory.getInt(links + 4L * i);
      if (row < 0) {
        break;
      }
      if (seen.add(row)) {
        if (passes(row)) {
          walk.setId(count++, row);
        } else {
          walk.setId(--failing, row);
        }
      }
    }
    for (int i = Walk.BATCH_MAX - 1; i >= failing && count < enough; i--) {
      long further = graph.linksOf(walk.id(i));
      for (int j = 0; j < degree && count < enough; j++) {
        int row = Memory.getInt(further + 4L * j);
        if (row < 0) {
          break;
        }
        if (passes(row) && seen.add(row)) {
          walk.setId(count++, row);
        }
      }
    }
    return count;
  }
}
