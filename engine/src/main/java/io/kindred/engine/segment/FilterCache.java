package io.kindred.engine.segment;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.FieldColumn;
import io.kindred.engine.filter.FilterDigest;
import io.kindred.engine.filter.RowBlock;
import io.kindred.engine.filter.RowFields;
import io.kindred.engine.filter.RowSource;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.index.SearchCosts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The bits of filters over one base, kept for as long as the base is, within a bound on their
/// bytes: what was used least recently makes room.
///
/// Bits are made once the searches that did without them have together taken as long as making them
/// takes, so that a filter which comes once costs at most twice what it must, and one that comes
/// often costs next to nothing. They are made once, however many ask.
///
/// Thread-safe, for callers with a lease on the base.
public final class FilterCache {
  /// Bytes of bits that one base keeps; a base of more than 134 million rows keeps two filters.
  private static final long BYTES_MAX = 32L << 20;

  private static final int BITS_COUNT_MIN = 2;

  /// Filters that one base knows of, with or without bits.
  private static final int FILTERS_MAX = 1_024;

  private static final long LARGE_BYTES = 1L << 16;

  private final Base base;
  private final Schema schema;
  private final Arena arena;
  private final BaseColumns columns;
  private final int bitsCountMax;
  private final Map<FilterDigest, Kept> filters = new LinkedHashMap<>(16, 0.75f, true);
  private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
  private int bitsCount;

  /// @param arena the base's
  FilterCache(Base base, Schema schema, Arena arena) {
    this.base = base;
    this.schema = schema;
    this.arena = arena;
    this.columns = new BaseColumns(base, schema, arena);
    long each = PassBits.sizeBytes(base.size());
    this.bitsCountMax = Math.clamp(BYTES_MAX / each, BITS_COUNT_MIN, FILTERS_MAX);
  }

  /// What is kept about one filter. Held by those who use it, between [#hold] and [#release].
  public static final class Kept {
    private final FilterDigest digest;
    private volatile @Nullable PassBits bits;
    private @Nullable MemorySegment memory;
    private volatile double slowness = 1;
    private double nanosWithout;
    private int holders;

    private Kept(FilterDigest digest) {
      this.digest = digest;
    }

    /// The bits, or null where they were not made.
    public @Nullable PassBits bits() {
      return bits;
    }

    /// How many times as long as from the cache it takes to compare the filter's rows, at least 1,
    /// as far as searches have found out.
    public double slowness() {
      return slowness;
    }

    public void setSlowness(double times) {
      slowness = times;
    }
  }

  /// What is kept about a filter, to be released.
  public Kept hold(FilterDigest digest) {
    synchronized (filters) {
      Kept kept = filters.get(digest);
      if (kept == null) {
        kept = new Kept(digest);
        filters.put(digest, kept);
        forgetOldest();
      }
      kept.holders++;
      return kept;
    }
  }

  public void release(Kept kept) {
    synchronized (filters) {
      kept.holders--;
      if (kept.holders == 0 && filters.get(kept.digest) != kept) {
        freeBits(kept);
      }
    }
  }

  /// Adds what a search takes without the bits, and makes them once that is worth it.
  ///
  /// @param filter the one that is held
  /// @param within a list outside which no row matches, and in which all need only `filter`; or
  ///   null
  /// @return the bits, or null where they are not worth it yet or all room is in use
  public @Nullable PassBits makeWhenWorthIt(
      Kept kept, @Nullable BoundFilter filter, @Nullable OrdinalList within, double nanos) {
    synchronized (filters) {
      kept.nanosWithout += nanos;
      if (kept.nanosWithout < makingNanos(filter, within)) {
        return kept.bits;
      }
    }
    // Whoever else asks for this filter waits for it here.
    synchronized (kept) {
      PassBits made = kept.bits;
      if (made != null) {
        return made;
      }
      MemorySegment memory = takeMemory();
      if (memory == null) {
        return null;
      }
      boolean isMade = false;
      try {
        made = make(memory, filter, within);
        isMade = true;
        return made;
      } finally {
        synchronized (filters) {
          if (isMade) {
            kept.memory = memory;
            kept.bits = made;
          } else {
            free.add(memory);
          }
        }
      }
    }
  }

  private double makingNanos(@Nullable BoundFilter filter, @Nullable OrdinalList within) {
    int rows = within == null ? base.size() : within.count();
    if (filter == null) {
      return rows;
    }
    boolean isQuick = within == null && columns.hasAll(filter.fields());
    return rows * (isQuick ? SearchCosts.TEST_COLUMN_NANOS : SearchCosts.TEST_NANOS);
  }

  private PassBits make(
      MemorySegment memory, @Nullable BoundFilter filter, @Nullable OrdinalList within) {
    PassBits bits = PassBits.clear(memory, base.size());
    RowCursor cursor = new RowCursor(schema);
    if (within != null) {
      for (int i = 0; i < within.count(); i++) {
        int ordinal = within.get(i);
        if (filter == null || matches(filter, ordinal, cursor)) {
          bits.set(ordinal);
        }
      }
      return bits;
    }
    if (filter == null) {
      throw new IllegalArgumentException("filter: none (expected: one, or a list of rows)");
    }
    columns.make(filter.fields());
    RowBlock block = new RowBlock(new Source(cursor));
    for (int start = 0; start < base.size(); start += Long.SIZE) {
      int rest = base.size() - start;
      long rows = rest < Long.SIZE ? (1L << rest) - 1 : -1;
      bits.setWord(start >>> 6, filter.matches(block.at(start), rows));
    }
    return bits;
  }

  /// The base's rows, and its columns. Owned by one thread.
  private final class Source implements RowSource {
    private final RowCursor cursor;

    Source(RowCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public RowFields row(int ordinal) {
      base.read(ordinal, cursor);
      return cursor;
    }

    @Override
    public @Nullable FieldColumn column(int field) {
      return columns.find(field);
    }
  }

  private boolean matches(BoundFilter filter, int ordinal, RowCursor cursor) {
    base.read(ordinal, cursor);
    return filter.matches(cursor);
  }

  /// Memory for one filter's bits, from what was used least recently where there is no other.
  private @Nullable MemorySegment takeMemory() {
    synchronized (filters) {
      MemorySegment memory = free.poll();
      if (memory != null) {
        return memory;
      }
      if (bitsCount < bitsCountMax) {
        bitsCount++;
        long bytes = PassBits.sizeBytes(base.size());
        return bytes < LARGE_BYTES ? arena.allocate(bytes, 64) : NativeMemory.reserve(bytes, arena);
      }
      Iterator<Kept> oldestFirst = filters.values().iterator();
      while (oldestFirst.hasNext()) {
        Kept kept = oldestFirst.next();
        if (kept.holders == 0 && kept.memory != null) {
          oldestFirst.remove();
          freeBits(kept);
          return free.poll();
        }
      }
      return null;
    }
  }

  private void forgetOldest() {
    if (filters.size() > FILTERS_MAX) {
      Iterator<Kept> oldestFirst = filters.values().iterator();
      Kept oldest = oldestFirst.next();
      oldestFirst.remove();
      if (oldest.holders == 0) {
        freeBits(oldest);
      }
    }
  }

  private void freeBits(Kept kept) {
    MemorySegment memory = kept.memory;
    if (memory != null) {
      kept.memory = null;
      kept.bits = null;
      free.add(memory);
    }
  }

  /// Memory in use. What is taken once is kept for as long as the base is.
  long memoryBytes() {
    synchronized (filters) {
      return bitsCount * PassBits.sizeBytes(base.size()) + columns.memoryBytes();
    }
  }

  /// How many filters have bits here.
  int bitsCount() {
    synchronized (filters) {
      return (int) filters.values().stream().filter(kept -> kept.memory != null).count();
    }
  }
}
