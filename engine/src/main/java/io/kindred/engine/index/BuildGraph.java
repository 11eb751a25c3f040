package io.kindred.engine.index;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// A graph under construction. Thread-safe as its layers are; the memory is the arena's.
///
/// @param upper the layers above the bottom one, lowest first
record BuildGraph(Space space, UpperNodes nodes, BuildLayer bottom, List<BuildLayer> upper) {

  static BuildGraph create(Space space, int rowCount, int m, UpperNodes nodes, Arena arena) {
    List<BuildLayer> upper = new ArrayList<>();
    for (int count : nodes.counts()) {
      upper.add(new BuildLayer(count, m, nodes.ordinals(), arena));
    }
    return new BuildGraph(
        space, nodes, new BuildLayer(rowCount, 2 * m, null, arena), List.copyOf(upper));
  }

  /// The graph as a search sees it, while or after it is built.
  HnswGraph view(int[] entries) {
    return new HnswGraph(
        space, bottom.layer, upper.stream().map(each -> each.layer).toList(), entries);
  }
}
