package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.vector.Candidate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// For each row the nearest others that were offered, each once. Thread-safe; the memory is the
/// arena's.
final class NearRows {
  /// Rows that are kept for one.
  static final int COUNT_MAX = 48;

  private static final int LOCKS = 1024;

  private final MemorySegment candidates;
  private final MemorySegment counts;
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  NearRows(int rowCount, Arena arena) {
    candidates = NativeMemory.reserve((long) rowCount * COUNT_MAX * Long.BYTES, arena);
    counts = NativeMemory.reserve(rowCount, arena);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /// Memory for as many rows.
  static long sizeBytes(long rowCount) {
    return rowCount * (COUNT_MAX * Long.BYTES + 1);
  }

  /// Merges candidates.
  ///
  /// @param scratch has room for them and `COUNT_MAX` more
  void offer(int row, long[] offered, int count, long[] scratch) {
    ReentrantLock lock = locks[row & (LOCKS - 1)];
    lock.lock();
    try {
      int present = read(row, scratch);
      System.arraycopy(offered, 0, scratch, present, count);
      Arrays.sort(scratch, 0, present + count);
      int kept = 0;
      for (int i = 0; i < present + count && kept < COUNT_MAX; i++) {
        // The same row has the same distance, so it comes twice in a row.
        if (kept == 0 || Candidate.ordinal(scratch[i]) != Candidate.ordinal(scratch[kept - 1])) {
          scratch[kept++] = scratch[i];
        }
      }
      MemorySegment.copy(scratch, 0, candidates, ValueLayout.JAVA_LONG, offset(row), kept);
      counts.set(ValueLayout.JAVA_BYTE, row, (byte) kept);
    } finally {
      lock.unlock();
    }
  }

  /// Copies a row's candidates out, nearest first.
  ///
  /// @return how many
  int read(int row, long[] into) {
    int count = counts.get(ValueLayout.JAVA_BYTE, row);
    MemorySegment.copy(candidates, ValueLayout.JAVA_LONG, offset(row), into, 0, count);
    return count;
  }

  private static long offset(int row) {
    return (long) row * COUNT_MAX * Long.BYTES;
  }
}
