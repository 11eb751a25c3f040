package io.kindred.engine.ivf;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.index.Presence;
import io.kindred.engine.vector.CodeBlocks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// The invariants of lists.
final class ListCheck {
  private ListCheck() {}

  /// Finds the first violation, if there is one.
  static Optional<String> findViolation(ListData data, Presence presence, IvfHeader header) {
    int rowCount = header.rowCount();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment seen = NativeMemory.reserve(Math.max(1, rowCount), arena);
      int count = 0;
      for (int list = 0; list < data.listCount(); list++) {
        int end = data.endBlock(list) * CodeBlocks.ROWS;
        boolean hasEnded = false;
        for (int place = data.firstBlock(list) * CodeBlocks.ROWS; place < end; place++) {
          int ordinal = data.ordinal(place);
          float term = data.terms().getAtIndex(ListData.FLOAT, place);
          if (ordinal == ListData.NONE) {
            hasEnded = true;
            if (term != Float.POSITIVE_INFINITY) {
              return violation(list, "term of no row " + term, "infinity");
            }
          } else if (hasEnded) {
            return violation(list, "row " + ordinal + " after the end", "none");
          } else if (!presence.has(ordinal)) {
            return violation(list, "row " + ordinal, "a row with a vector");
          } else if (seen.get(ValueLayout.JAVA_BYTE, ordinal) != 0) {
            return violation(list, "row " + ordinal, "no row twice");
          } else if (!Float.isFinite(term)) {
            return violation(list, "term of row " + ordinal + " " + term, "a finite number");
          } else {
            seen.set(ValueLayout.JAVA_BYTE, ordinal, (byte) 1);
            count++;
          }
        }
      }
      int present = presence.count(rowCount);
      return count == present && count == header.linkedCount()
          ? Optional.empty()
          : Optional.of(
              count
                  + " rows in lists, "
                  + header.linkedCount()
                  + " in the header (expected: "
                  + present
                  + ", as many as have a vector)");
    }
  }

  private static Optional<String> violation(int list, String found, String expected) {
    return Optional.of("list " + list + ": " + found + " (expected: " + expected + ")");
  }
}
