package io.kindred.engine.segment;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.filter.RowFields;
import io.kindred.engine.index.OrdinalList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Which rows of a base have which value of the table's `partition_by` field: for each value the
/// ascending list of their ordinals. Rows without the field are in none.
///
/// Immutable, thread-safe; lives as long as the base. See `docs/formats/base.md` for the bytes.
public final class Partitions {
  static final SealedFile.Format FORMAT = new SealedFile.Format("base-partitions", 1);

  private static final int HEADER_BYTES = 16;
  private static final int ENTRY_BYTES = 16;
  private static final int SLOTS_MIN = 2;

  private final Base base;
  private final Schema schema;
  private final int field;
  private final MemorySegment payload;
  private final int count;
  private final int rowCount;
  private final int slotCount;

  private Partitions(Base base, Schema schema, int field, MemorySegment payload) {
    this.base = base;
    this.schema = schema;
    this.field = field;
    this.payload = payload;
    this.count = payload.get(ValueLayout.JAVA_INT, 0);
    this.rowCount = payload.get(ValueLayout.JAVA_INT, 4);
    this.slotCount = payload.get(ValueLayout.JAVA_INT, 8);
  }

  /// The partitions in a file's payload, or null where its lengths do not fit each other.
  static @Nullable Partitions open(Base base, Schema schema, int field, MemorySegment payload) {
    if (payload.byteSize() < HEADER_BYTES) {
      return null;
    }
    Partitions partitions = new Partitions(base, schema, field, payload);
    boolean fits =
        partitions.count >= 0
            && partitions.rowCount >= partitions.count
            && partitions.rowCount <= base.size()
            && partitions.slotCount == slotCount(partitions.count)
            && payload.byteSize()
                == sizeBytes(partitions.count, partitions.slotCount, partitions.rowCount);
    return fits ? partitions : null;
  }

  private static long sizeBytes(int count, int slotCount, int rowCount) {
    return HEADER_BYTES
        + (long) count * ENTRY_BYTES
        + ((long) slotCount + rowCount) * Integer.BYTES;
  }

  /// A power of two, so that at most half of the slots are taken.
  private static int slotCount(int count) {
    return Math.max(SLOTS_MIN, Integer.highestOneBit(Math.max(1, 2 * count - 1)) << 1);
  }

  /// How many values there are.
  public int count() {
    return count;
  }

  /// Rows that are in one.
  public int rowCount() {
    return rowCount;
  }

  /// The rows of a value, or null where no row has it.
  public @Nullable OrdinalList find(byte[] utf8) {
    int partition = find(XxHash64.of(MemorySegment.ofArray(utf8), 0, utf8.length), utf8);
    return partition < 0 ? null : rows(partition);
  }

  /// The rows of the value with this number, from 0; values are numbered in the order of their
  /// first rows.
  public OrdinalList rows(int partition) {
    long entry = entry(partition);
    int start = payload.get(ValueLayout.JAVA_INT, entry + 8);
    int length = payload.get(ValueLayout.JAVA_INT, entry + 12);
    long first = slot(slotCount) + (long) start * Integer.BYTES;
    return new OrdinalList(
        partition, payload.asSlice(first, (long) length * Integer.BYTES), length);
  }

  /// How many rows have the value with this number.
  int rowCount(int partition) {
    return payload.get(ValueLayout.JAVA_INT, entry(partition) + 12);
  }

  private int find(long hash, byte[] utf8) {
    RowCursor cursor = new RowCursor(schema);
    for (int i = 0; i < slotCount; i++) {
      int slot = (int) hash + i & slotCount - 1;
      int partition = payload.get(ValueLayout.JAVA_INT, slot(slot)) - 1;
      if (partition < 0) {
        return -1;
      }
      if (payload.get(ValueLayout.JAVA_LONG, entry(partition)) == hash) {
        base.read(rows(partition).get(0), cursor);
        long value = cursor.field(field);
        if (value != RowFields.ABSENT && cursor.equalsText(value, utf8)) {
          return partition;
        }
      }
    }
    return -1;
  }

  private static long entry(int partition) {
    return HEADER_BYTES + (long) partition * ENTRY_BYTES;
  }

  private long slot(int slot) {
    return slot(count, slot);
  }

  private static long slot(int count, int slot) {
    return entry(count) + (long) slot * Integer.BYTES;
  }

  /// What does not fit the rows, or null.
  @Nullable String problem() {
    RowCursor row = new RowCursor(schema);
    RowCursor first = new RowCursor(schema);
    int next = 0;
    for (int partition = 0; partition < count; partition++) {
      int start = payload.get(ValueLayout.JAVA_INT, entry(partition) + 8);
      int length = payload.get(ValueLayout.JAVA_INT, entry(partition) + 12);
      if (start != next || length < 1 || length > rowCount - start) {
        return "partition %d: rows %d to %d (expected: from %d, within %d)"
            .formatted(partition, start, start + (long) length, next, rowCount);
      }
      next += length;
      String problem = problem(partition, rows(partition), first, row);
      if (problem != null) {
        return problem;
      }
    }
    int expected = 0;
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      expected += row.field(field) == RowFields.ABSENT ? 0 : 1;
    }
    return next == rowCount && expected == rowCount
        ? null
        : next + " rows (expected: " + expected + ", as many as have the field)";
  }

  private @Nullable String problem(
      int partition, OrdinalList rows, RowCursor first, RowCursor row) {
    int before = -1;
    byte[] value = new byte[0];
    for (int i = 0; i < rows.count(); i++) {
      int ordinal = rows.get(i);
      if (ordinal <= before || ordinal >= base.size()) {
        return "partition %d: row %d behind row %d (expected: ascending, below %d)"
            .formatted(partition, ordinal, before, base.size());
      }
      before = ordinal;
      base.read(ordinal, row);
      if (row.field(field) == RowFields.ABSENT) {
        return "partition " + partition + ": row " + ordinal + " has no such field";
      }
      if (i == 0) {
        base.read(ordinal, first);
        value = first.textField(field);
        if (find(first.textHash(field), value) != partition) {
          return "partition " + partition + ": its value leads elsewhere";
        }
      } else if (!row.equalsText(row.field(field), value)) {
        return "partition %d: row %d has another value than row %d"
            .formatted(partition, ordinal, rows.get(0));
      }
    }
    return null;
  }

  /// Writes the partitions of a base's rows.
  ///
  /// @param writer of a file of [#FORMAT]
  static void write(Base base, Schema schema, int field, SealedFile.Writer writer) {
    try (Arena arena = Arena.ofConfined()) {
      Gathering gathering = new Gathering(base, schema, field, arena);
      gathering.gather();
      writer.write(gathering.payload());
    }
  }

  /// Gives each row the number of its value. Memory is reserved for as many values as rows, and
  /// taken as there are more of them.
  private static final class Gathering {
    private final Base base;
    private final Schema schema;
    private final int field;
    private final Arena arena;
    private final int slotCount;
    private final MemorySegment slots;
    private final MemorySegment hashes;
    private final MemorySegment firsts;
    private final MemorySegment counts;
    private final MemorySegment partitionOf;
    private int count;
    private int rowCount;

    Gathering(Base base, Schema schema, int field, Arena arena) {
      this.base = base;
      this.schema = schema;
      this.field = field;
      this.arena = arena;
      int rows = base.size();
      this.slotCount = Partitions.slotCount(Math.min(rows, 1 << 29));
      this.slots = NativeMemory.reserve((long) slotCount * Integer.BYTES, arena);
      this.hashes = NativeMemory.reserve((long) rows * Long.BYTES, arena);
      this.firsts = NativeMemory.reserve((long) rows * Integer.BYTES, arena);
      this.counts = NativeMemory.reserve((long) rows * Integer.BYTES, arena);
      this.partitionOf = NativeMemory.reserve((long) rows * Integer.BYTES, arena);
    }

    void gather() {
      RowCursor row = new RowCursor(schema);
      RowCursor other = new RowCursor(schema);
      for (int ordinal = 0; ordinal < base.size(); ordinal++) {
        base.read(ordinal, row);
        if (row.field(field) != RowFields.ABSENT) {
          int partition = partition(row, other, ordinal);
          set(partitionOf, ordinal, partition + 1);
          set(counts, partition, get(counts, partition) + 1);
          rowCount++;
        }
      }
    }

    private int partition(RowCursor row, RowCursor other, int ordinal) {
      long hash = row.textHash(field);
      for (int slot = (int) hash & slotCount - 1; ; slot = slot + 1 & slotCount - 1) {
        int partition = get(slots, slot) - 1;
        if (partition < 0) {
          set(slots, slot, count + 1);
          hashes.setAtIndex(ValueLayout.JAVA_LONG, count, hash);
          set(firsts, count, ordinal);
          return count++;
        }
        if (hashes.getAtIndex(ValueLayout.JAVA_LONG, partition) == hash) {
          base.read(get(firsts, partition), other);
          if (row.hasSameText(field, other)) {
            return partition;
          }
        }
      }
    }

    MemorySegment payload() {
      int written = Partitions.slotCount(count);
      MemorySegment payload = NativeMemory.reserve(sizeBytes(count, written, rowCount), arena);
      payload.set(ValueLayout.JAVA_INT, 0, count);
      payload.set(ValueLayout.JAVA_INT, 4, rowCount);
      payload.set(ValueLayout.JAVA_INT, 8, written);
      int start = 0;
      for (int partition = 0; partition < count; partition++) {
        long hash = hashes.getAtIndex(ValueLayout.JAVA_LONG, partition);
        payload.set(ValueLayout.JAVA_LONG, entry(partition), hash);
        payload.set(ValueLayout.JAVA_INT, entry(partition) + 8, start);
        payload.set(ValueLayout.JAVA_INT, entry(partition) + 12, get(counts, partition));
        // From here on: where the partition's next row goes.
        int length = get(counts, partition);
        set(counts, partition, start);
        start += length;
        int slot = (int) hash & written - 1;
        while (payload.get(ValueLayout.JAVA_INT, slot(count, slot)) != 0) {
          slot = slot + 1 & written - 1;
        }
        payload.set(ValueLayout.JAVA_INT, slot(count, slot), partition + 1);
      }
      long ordinals = slot(count, written);
      for (int ordinal = 0; ordinal < base.size(); ordinal++) {
        int partition = get(partitionOf, ordinal) - 1;
        if (partition >= 0) {
          int at = get(counts, partition);
          set(counts, partition, at + 1);
          payload.set(ValueLayout.JAVA_INT, ordinals + (long) at * Integer.BYTES, ordinal);
        }
      }
      return payload;
    }

    private static int get(MemorySegment numbers, int index) {
      return numbers.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    private static void set(MemorySegment numbers, int index, int value) {
      numbers.setAtIndex(ValueLayout.JAVA_INT, index, value);
    }
  }
}
