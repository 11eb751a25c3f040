package io.kindred.engine.index;

import java.util.List;

/// A layered graph, ready to be searched. Immutable, thread-safe.
///
/// Upper nodes stand in slots, those of the highest layer first, so that a node has the same slot
/// on each layer that it is in, and the entry is slot 0.
///
/// @param upper the layers above the bottom one, lowest first; may be empty
/// @param entries ordinals where every walk over the bottom layer starts, besides the one that the
///   upper layers lead to; at least one, unless the graph is empty
record HnswGraph(Space space, Layer bottom, List<Layer> upper, int[] entries) {
  static final int ENTRIES_MAX = 16;

  boolean isEmpty() {
    return entries.length == 0;
  }

  HnswGraph withSpace(Space other) {
    return new HnswGraph(other, bottom, upper, entries);
  }

  /// Finds near passing rows of a graph that is not empty.
  ///
  /// Up to a beam of [Beam#WIDTH_MAX] the walk is the one of an unfiltered search, widened by the
  /// share that is expected to pass. Above, it goes on until `ef` passing rows were found.
  ///
  /// @param ef at least `into.k()`
  void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    Space.Origin origin = context.origin;
    origin.values = query;
    descend(context);
    double width = Math.ceil(ef / context.passFraction);
    if (width <= Beam.WIDTH_MAX) {
      context.walk.fillBeam(space, bottom, origin, (int) width);
      context.passingInBeam = offerPassing(context.beam, pass, into);
    } else {
      TopK wide = context.wide;
      wide.reset(ef);
      context.walk.fillPassing(space, bottom, origin, pass, wide);
      context.passingInBeam = wide.size();
      wide.drainTo(into);
    }
  }

  /// Sets where a walk for the context's origin starts on the bottom layer.
  void descend(SearchContext context) {
    int slot = 0;
    for (int i = upper.size() - 1; i >= 0; i--) {
      slot = context.walk.descend(space, upper.get(i), context.origin, slot);
    }
    context.walk.startAt(upper.isEmpty() ? entries[0] : upper.get(0).ordinal(slot));
    System.arraycopy(entries, 0, context.starts, 1, entries.length);
    context.startCount = 1 + entries.length;
  }

  private static int offerPassing(Beam beam, Pass pass, TopK into) {
    int passing = 0;
    for (int i = 0; i < beam.size(); i++) {
      long candidate = beam.get(i);
      if (pass.test(Candidate.ordinal(candidate))) {
        passing++;
        into.offer(candidate);
      }
    }
    return passing;
  }
}
