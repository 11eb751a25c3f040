package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Which nodes of a graph can be reached from those it was told of: breadth-first search, off-heap.
///
/// Owned by one thread; the memory is the arena's.
final class Reach {
  private final Links graph;
  private final MemorySegment reached;
  private final MemorySegment queue;
  private final int[] links;
  private int count;

  Reach(Links graph, Arena arena) {
    this.graph = graph;
    reached = NativeMemory.reserve(Math.max(1, graph.rowCount()), arena);
    queue = NativeMemory.reserve(Math.max(1, graph.rowCount()) * 4L, arena);
    links = new int[graph.stride()];
  }

  /// Nodes that are reached.
  int count() {
    return count;
  }

  boolean has(int node) {
    return reached.get(ValueLayout.JAVA_BYTE, node) != 0;
  }

  /// Adds a node and all that it leads to.
  void add(int start) {
    int next = count;
    mark(start);
    while (next < count) {
      int linkCount = graph.read(queue.getAtIndex(Links.INT, next++), links);
      for (int i = 0; i < linkCount; i++) {
        mark(links[i]);
      }
    }
  }

  private void mark(int node) {
    if (!has(node)) {
      reached.set(ValueLayout.JAVA_BYTE, node, (byte) 1);
      queue.setAtIndex(Links.INT, count++, node);
    }
  }
}
