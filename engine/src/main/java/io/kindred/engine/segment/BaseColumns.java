package io.kindred.engine.segment;

import io.kindred.engine.FieldType;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.filter.FieldColumn;
import io.kindred.engine.filter.RowFields;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Copies of declared fields of a base, column by column, made when filters first look at them, so
/// that the next filter reads eight bytes a row, or four, and not the row. Within a bound on their
/// bytes: fields beyond it are read from the rows.
///
/// Thread-safe, for callers with a lease on the base; ends with its arena.
final class BaseColumns {
  /// Bytes of all columns of a base, unless two fields need more.
  private static final long BYTES_MAX = 64L << 20;

  private static final int FIELDS_MIN = 2;

  /// A text with more distinct values is no better as codes.
  private static final int CODES_MAX = 1 << 16;

  private final Base base;
  private final Schema schema;
  private final Arena arena;
  private final AtomicReferenceArray<@Nullable Column> columns;
  private final boolean[] isRefused;
  private final AtomicLong bytesUsed = new AtomicLong();

  BaseColumns(Base base, Schema schema, Arena arena) {
    this.base = base;
    this.schema = schema;
    this.arena = arena;
    this.columns = new AtomicReferenceArray<>(schema.fieldCount());
    this.isRefused = new boolean[schema.fieldCount()];
  }

  /// The column of a field, or null where there is none.
  @Nullable FieldColumn find(int field) {
    return columns.get(field);
  }

  boolean hasAll(Set<Integer> fields) {
    for (int field : fields) {
      if (columns.get(field) == null) {
        return false;
      }
    }
    return true;
  }

  /// Makes the columns of fields that have none yet, where there is room for them.
  void make(Set<Integer> fields) {
    if (hasAll(fields)) {
      return;
    }
    synchronized (this) {
      for (int field : fields) {
        if (columns.get(field) == null && !isRefused[field]) {
          Column made = make(field);
          isRefused[field] = made == null;
          columns.set(field, made);
        }
      }
    }
  }

  private @Nullable Column make(int field) {
    FieldType type = schema.fieldType(field);
    long bytes = sizeBytes(type == FieldType.STRING ? Integer.BYTES : Long.BYTES);
    if (type == FieldType.STRING_LIST || bytesUsed.get() + bytes > bytesMax()) {
      return null;
    }
    bytesUsed.addAndGet(bytes);
    return type == FieldType.STRING ? texts(field) : numbers(field, type);
  }

  private long bytesMax() {
    return Math.max(BYTES_MAX, FIELDS_MIN * sizeBytes(Long.BYTES));
  }

  /// Memory in use.
  long memoryBytes() {
    return bytesUsed.get();
  }

  /// A row's value and its bit.
  private long sizeBytes(int valueBytes) {
    return (long) base.size() * valueBytes + Bitmap.sizeBytes(base.size());
  }

  private @Nullable Column numbers(int field, FieldType type) {
    RowFields.Kind kind = kind(type);
    MemorySegment values = NativeMemory.reserve((long) base.size() * Long.BYTES, arena);
    Bitmap presence = Bitmap.create(base.size(), arena);
    RowCursor row = new RowCursor(schema);
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      long value = row.field(field);
      if (value == RowFields.ABSENT) {
        continue;
      }
      if (row.kind(value) != kind) {
        return null;
      }
      presence.set(ordinal);
      values.setAtIndex(ValueLayout.JAVA_LONG, ordinal, raw(row, value, kind));
    }
    return new Numbers(kind, values, presence);
  }

  private static RowFields.Kind kind(FieldType type) {
    return switch (type) {
      case BOOL -> RowFields.Kind.BOOL;
      case INT64 -> RowFields.Kind.INT64;
      case FLOAT64 -> RowFields.Kind.FLOAT64;
      case TIMESTAMP -> RowFields.Kind.TIMESTAMP;
      case STRING, STRING_LIST -> RowFields.Kind.TEXT;
    };
  }

  private static long raw(RowCursor row, long value, RowFields.Kind kind) {
    return switch (kind) {
      case BOOL -> row.bool(value) ? 1 : 0;
      case FLOAT64 -> Double.doubleToRawLongBits(row.float64(value));
      case INT64, TIMESTAMP, NULL, TEXT, ARRAY, ENTRIES -> row.int64(value);
    };
  }

  private @Nullable Column texts(int field) {
    MemorySegment codes = NativeMemory.reserve((long) base.size() * Integer.BYTES, arena);
    Bitmap presence = Bitmap.create(base.size(), arena);
    RowCursor row = new RowCursor(schema);
    Coding coding = new Coding(field);
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      long value = row.field(field);
      if (value == RowFields.ABSENT) {
        continue;
      }
      int code = row.kind(value) == RowFields.Kind.TEXT ? coding.code(row, ordinal) : -1;
      if (code < 0) {
        return null;
      }
      presence.set(ordinal);
      codes.setAtIndex(ValueLayout.JAVA_INT, ordinal, code);
    }
    return new Texts(codes, presence, Arrays.copyOf(coding.firsts, coding.count));
  }

  /// Gives distinct texts their codes, in the order in which they come.
  private final class Coding {
    private final int field;
    private final RowCursor other = new RowCursor(schema);
    private final int[] slots = new int[2 * CODES_MAX];
    private final long[] hashes = new long[CODES_MAX];
    private final int[] firsts = new int[CODES_MAX];
    private int count;

    Coding(int field) {
      this.field = field;
    }

    /// The code of a row's text, or -1 where there are too many.
    int code(RowCursor row, int ordinal) {
      long hash = row.textHash(field);
      for (int slot = (int) hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
        int code = slots[slot] - 1;
        if (code < 0) {
          return add(hash, ordinal, slot);
        }
        if (hashes[code] == hash) {
          base.read(firsts[code], other);
          if (row.hasSameText(field, other)) {
            return code;
          }
        }
      }
    }

    private int add(long hash, int ordinal, int slot) {
      if (count == CODES_MAX) {
        return -1;
      }
      hashes[count] = hash;
      firsts[count] = ordinal;
      slots[slot] = count + 1;
      return count++;
    }
  }

  /// One field's values. Immutable.
  private sealed interface Column extends FieldColumn {}

  private record Numbers(RowFields.Kind kind, MemorySegment values, Bitmap presence)
      implements Column {
    @Override
    public long present(int ordinal) {
      return presence.word(ordinal);
    }

    @Override
    public long raw(int ordinal) {
      return values.getAtIndex(ValueLayout.JAVA_LONG, ordinal);
    }

    @Override
    public int codeCount() {
      return 0;
    }

    @Override
    public int ordinalOf(int code) {
      throw new IllegalStateException("numbers have no codes");
    }
  }

  /// @param firsts the first row of each code
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Texts(MemorySegment codes, Bitmap presence, int[] firsts) implements Column {
    @Override
    public RowFields.Kind kind() {
      return RowFields.Kind.TEXT;
    }

    @Override
    public long present(int ordinal) {
      return presence.word(ordinal);
    }

    @Override
    public long raw(int ordinal) {
      return codes.getAtIndex(ValueLayout.JAVA_INT, ordinal);
    }

    @Override
    public int codeCount() {
      return firsts.length;
    }

    @Override
    public int ordinalOf(int code) {
      return firsts[code];
    }
  }
}
