package io.kindred.engine.index;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A layer under construction: links with their lengths, and room beyond the final degree, so that
/// a node is pruned once in several new links and nothing is measured twice.
///
/// Thread-safe: writers of a node's list hold its lock, readers none (see [Layer]).
final class BuildLayer {
  private static final int LOCKS = 1024;

  final Layer layer;
  final int degreeMax;

  /// The length of each link, beside the links.
  private final MemorySegment lengths;

  /// How many links from the first are known to be diverse among each other, by node.
  private final MemorySegment settled;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  /// @param degreeMax links of a node when the build has ended
  BuildLayer(int nodeCount, int degreeMax, @Nullable MemorySegment ordinals, Arena arena) {
    int stride = degreeMax + Math.max(2, degreeMax / 4);
    long bytes = Math.max(1, (long) nodeCount * stride) * Integer.BYTES;
    MemorySegment links = NativeMemory.reserve(bytes, arena);
    NativeMemory.adviseHugePages(links);
    links.fill((byte) Layer.NONE);
    this.degreeMax = degreeMax;
    layer = new Layer(links, stride, ordinals, nodeCount);
    lengths = NativeMemory.reserve(bytes, arena);
    settled = NativeMemory.reserve(Math.max(1, nodeCount) * 2L, arena);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  ReentrantLock lock(int node) {
    return locks[node & (LOCKS - 1)];
  }

  /// Links of a node; the caller holds its lock, or no one writes.
  int count(int node) {
    long at = layer.offset(node);
    int count = 0;
    while (count < layer.stride()
        && layer.links().get(Layer.INT, at + (long) count * Integer.BYTES) >= 0) {
      count++;
    }
    return count;
  }

  /// Copies links out as candidates, the settled ones marked. The caller holds the lock.
  int read(int node, long[] into) {
    long at = layer.offset(node);
    int settledCount = settled.getAtIndex(ValueLayout.JAVA_SHORT, node);
    int count = 0;
    while (count < layer.stride()) {
      int link = layer.links().get(Layer.INT, at + (long) count * Integer.BYTES);
      if (link < 0) {
        break;
      }
      float length = lengths.get(Space.FLOAT, at + (long) count * Integer.BYTES);
      into[count] = Candidate.of(length, link) | (count < settledCount ? Candidate.MARK : 0);
      count++;
    }
    return count;
  }

  /// Adds a link where there is room and it is not there yet. The caller holds the lock.
  ///
  /// @return false where there is no room
  boolean append(int node, int link, float length) {
    long at = layer.offset(node);
    for (int i = 0; i < layer.stride(); i++) {
      long offset = at + (long) i * Integer.BYTES;
      int present = layer.links().get(Layer.INT, offset);
      if (present == link) {
        return true;
      }
      if (present < 0) {
        lengths.set(Space.FLOAT, offset, length);
        layer.links().set(Layer.INT, offset, link);
        return true;
      }
    }
    return false;
  }

  /// Replaces the links of a node. The caller holds the lock.
  ///
  /// @param settledCount how many of the first are diverse among each other
  void replace(int node, long[] candidates, int count, int settledCount) {
    long at = layer.offset(node);
    for (int i = 0; i < layer.stride(); i++) {
      long offset = at + (long) i * Integer.BYTES;
      if (i < count) {
        lengths.set(Space.FLOAT, offset, Candidate.distance(candidates[i]));
      }
      layer.links().set(Layer.INT, offset, i < count ? Candidate.ordinal(candidates[i]) : -1);
    }
    settled.setAtIndex(ValueLayout.JAVA_SHORT, node, (short) settledCount);
  }
}
