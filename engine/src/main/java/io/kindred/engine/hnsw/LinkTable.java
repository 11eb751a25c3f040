package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.vector.Candidate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/// Links under construction, with their lengths, and room beyond the final degree, so that a node
/// is pruned once in several new links and nothing is measured twice.
///
/// Thread-safe: writers of a node's list hold its lock, readers none (see [Links]).
final class LinkTable {
  private static final int LOCKS = 1024;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  final Links links;
  final int degreeMax;

  /// The length of each link, beside the links.
  private final MemorySegment lengths;

  /// How many links from the first are known to be diverse among each other, by node.
  private final MemorySegment settled;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  /// @param degreeMax links of a node when the build has ended
  LinkTable(int rowCount, int degreeMax, Arena arena) {
    int stride = degreeMax + Math.max(2, degreeMax / 4);
    long bytes = Math.max(1, (long) rowCount * stride) * Integer.BYTES;
    MemorySegment data = NativeMemory.reserve(bytes, arena);
    NativeMemory.adviseHugePages(data);
    data.fill((byte) Links.NONE);
    this.degreeMax = degreeMax;
    links = new Links(data, stride, rowCount);
    lengths = NativeMemory.reserve(bytes, arena);
    settled = NativeMemory.reserve(Math.max(1, rowCount) * 2L, arena);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /// Memory in use once so many nodes are linked: the links are all touched when they are made.
  long memoryBytes(int linked) {
    long nodeBytes = (long) links.stride() * Integer.BYTES;
    return links.data().byteSize() + linked * (nodeBytes + 2);
  }

  ReentrantLock lock(int node) {
    return locks[node & (LOCKS - 1)];
  }

  /// Links of a node; the caller holds its lock, or no one writes.
  int count(int node) {
    int count = 0;
    while (count < links.stride() && links.get(node, count) >= 0) {
      count++;
    }
    return count;
  }

  /// Copies links out as candidates, the settled ones marked. The caller holds the lock.
  int read(int node, long[] into) {
    long at = links.offset(node);
    int settledCount = settled.getAtIndex(ValueLayout.JAVA_SHORT, node);
    int count = 0;
    while (count < links.stride()) {
      int link = links.get(node, count);
      if (link < 0) {
        break;
      }
      float length = lengths.get(FLOAT, at + (long) count * Integer.BYTES);
      into[count] = Candidate.of(length, link) | (count < settledCount ? Candidate.MARK : 0);
      count++;
    }
    return count;
  }

  /// Adds a link where there is room and it is not there yet. The caller holds the lock.
  ///
  /// @return false where there is no room
  boolean append(int node, int link, float length) {
    long at = links.offset(node);
    for (int i = 0; i < links.stride(); i++) {
      long offset = at + (long) i * Integer.BYTES;
      int present = links.data().get(Links.INT, offset);
      if (present == link) {
        return true;
      }
      if (present < 0) {
        lengths.set(FLOAT, offset, length);
        links.data().set(Links.INT, offset, link);
        return true;
      }
    }
    return false;
  }

  /// Replaces the links of a node. The caller holds the lock.
  ///
  /// @param settledCount how many of the first are diverse among each other
  void replace(int node, long[] candidates, int count, int settledCount) {
    long at = links.offset(node);
    for (int i = 0; i < links.stride(); i++) {
      long offset = at + (long) i * Integer.BYTES;
      if (i < count) {
        lengths.set(FLOAT, offset, Candidate.distance(candidates[i]));
      }
      links
          .data()
          .set(Links.INT, offset, i < count ? Candidate.ordinal(candidates[i]) : Links.NONE);
    }
    settled.setAtIndex(ValueLayout.JAVA_SHORT, node, (short) settledCount);
  }
}
