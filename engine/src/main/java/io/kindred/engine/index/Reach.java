package io.kindred.engine.index;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Which nodes of a layer can be reached from those it was told of: breadth-first search, off-heap.
///
/// Owned by one thread; the memory is the arena's.
final class Reach {
  private final Layer layer;
  private final MemorySegment reached;
  private final MemorySegment queue;
  private final int[] links;
  private int count;

  Reach(Layer layer, Arena arena) {
    this.layer = layer;
    reached = NativeMemory.reserve(Math.max(1, layer.nodeCount()), arena);
    queue = NativeMemory.reserve(Math.max(1, layer.nodeCount()) * 4L, arena);
    links = new int[layer.stride()];
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
      int linkCount = layer.read(queue.getAtIndex(Layer.INT, next++), links);
      for (int i = 0; i < linkCount; i++) {
        mark(links[i]);
      }
    }
  }

  private void mark(int node) {
    if (!has(node)) {
      reached.set(ValueLayout.JAVA_BYTE, node, (byte) 1);
      queue.setAtIndex(Layer.INT, count++, node);
    }
  }
}
