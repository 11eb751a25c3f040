package io.kindred.engine.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The links of one layer of a graph: for each node `stride` node numbers, ended by -1 where fewer.
///
/// On the bottom layer a node's number is its ordinal; above, its slot in the list of upper nodes.
/// Immutable once built, thread-safe. During a build, readers may see a list that is being
/// rewritten: each number in it is a node's.
///
/// @param ordinals the ordinal of each slot, or null on the bottom layer
/// @param nodeCount nodes `[0, nodeCount)` are in the layer
record Layer(MemorySegment links, int stride, @Nullable MemorySegment ordinals, int nodeCount) {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final int NONE = -1;

  /// Copies a node's links out; `into` has room for `stride`.
  ///
  /// @return how many
  int read(int node, int[] into) {
    MemorySegment.copy(links, INT, offset(node), into, 0, stride);
    int count = 0;
    while (count < stride && into[count] >= 0) {
      count++;
    }
    return count;
  }

  long offset(int node) {
    return (long) node * stride * Integer.BYTES;
  }

  int ordinal(int node) {
    return ordinals == null ? node : ordinals.getAtIndex(INT, node);
  }

  /// The ordinals of nodes; the nodes themselves on the bottom layer.
  int[] ordinals(int[] nodes, int count, int[] into) {
    if (ordinals == null) {
      return nodes;
    }
    for (int i = 0; i < count; i++) {
      into[i] = ordinals.getAtIndex(INT, nodes[i]);
    }
    return into;
  }
}
