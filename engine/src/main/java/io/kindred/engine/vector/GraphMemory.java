package io.kindred.engine.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A graph as the kernels see it: coded rows and the links between them. The memory is the caller's
/// and must outlive it. Immutable view; the links may change while it is walked, as long as each
/// number in them is a row's or negative.
public final class GraphMemory {
  /// Links of a row at most.
  public static final int DEGREE_MAX = 512;

  private static final int BYTES = 96;

  private final CodeRows rows;
  private final CodeRows entries;
  private final long links;
  private final int degree;
  private final int rowCount;
  private final int entryCount;
  private final long entryIds;
  private final int seeds;
  private final MemorySegment description;

  /// Where a walk may begin: copies of some rows.
  ///
  /// @param rows their codes, one behind the other
  /// @param ids their row numbers, int32
  /// @param seeds how many of those nearest to a query a walk begins from
  public record Entries(CodeRows rows, MemorySegment ids, int count, int seeds) {}

  /// @param links int32, `degree` a row, ended by a negative number where there are fewer
  public GraphMemory(
      CodeRows rows, MemorySegment links, int degree, int rowCount, Entries entries, Arena arena) {
    if (degree < 1 || degree > DEGREE_MAX) {
      throw new IllegalArgumentException("degree: " + degree + " (expected: 1 to " + DEGREE_MAX);
    }
    this.rows = rows;
    this.entries = entries.rows();
    this.links = links.address();
    this.degree = degree;
    this.rowCount = rowCount;
    this.entryCount = entries.count();
    this.entryIds = entries.ids().address();
    this.seeds = entries.seeds();
    description = arena.allocate(BYTES, Long.BYTES);
    rows.describe(description, 0);
    description.set(ValueLayout.JAVA_LONG, 32, this.links);
    this.entries.describe(description, 40);
    description.set(ValueLayout.JAVA_LONG, 72, entryIds);
    description.set(ValueLayout.JAVA_INT, 80, entryCount);
    description.set(ValueLayout.JAVA_INT, 84, seeds);
    description.set(ValueLayout.JAVA_INT, 88, degree);
    description.set(ValueLayout.JAVA_INT, 92, rowCount);
  }

  public CodeRows rows() {
    return rows;
  }

  public int degree() {
    return degree;
  }

  public int rowCount() {
    return rowCount;
  }

  CodeRows entries() {
    return entries;
  }

  public int entryCount() {
    return entryCount;
  }

  public int entryId(int entry) {
    return Memory.getInt(entryIds + 4L * entry);
  }

  int seeds() {
    return seeds;
  }

  /// Where the links of a row begin.
  long linksOf(int row) {
    return links + (long) row * degree * Integer.BYTES;
  }

  /// For native code: `struct graph`.
  long description() {
    return description.address();
  }
}
