package io.kindred.engine.filter;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// Up to 64 rows that follow each other, one bit each, and what a filter has learnt of the distinct
/// values of texts so far. Owned by one thread.
public final class RowBlock {
  private final RowSource source;
  private final ColumnNumber number = new ColumnNumber();
  private final IdentityHashMap<Condition, Codes> codes = new IdentityHashMap<>();
  private int start;

  public RowBlock(RowSource source) {
    this.source = source;
  }

  /// Moves to the rows from this ordinal on, a multiple of 64.
  public RowBlock at(int ordinal) {
    start = ordinal;
    return this;
  }

  @Nullable FieldColumn column(int field) {
    return source.column(field);
  }

  /// The ordinal of a bit.
  int ordinal(int bit) {
    return start + bit;
  }

  RowFields row(int ordinal) {
    return source.row(ordinal);
  }

  /// A number out of a column, in the form of a row's value.
  ColumnNumber number() {
    return number;
  }

  /// What is known of the codes of a column, for one condition.
  Codes codes(Condition condition, FieldColumn column) {
    return codes.computeIfAbsent(condition, asked -> new Codes(column.codeCount()));
  }

  /// Which codes were tested, and which passed. Owned by one thread.
  static final class Codes {
    private final byte[] states;

    Codes(int count) {
      states = new byte[count];
    }

    boolean isKnown(int code) {
      return states[code] != 0;
    }

    boolean passes(int code) {
      return states[code] == 2;
    }

    void set(int code, boolean isPassing) {
      states[code] = (byte) (isPassing ? 2 : 1);
    }
  }

  /// One number. Owned by one thread.
  static final class ColumnNumber implements RowFields {
    private Kind kind = Kind.NULL;
    private long raw;

    void set(Kind newKind, long newRaw) {
      kind = newKind;
      raw = newRaw;
    }

    @Override
    public Kind kind(long value) {
      return kind;
    }

    @Override
    public boolean bool(long value) {
      return raw != 0;
    }

    @Override
    public long int64(long value) {
      return raw;
    }

    @Override
    public double float64(long value) {
      return Double.longBitsToDouble(raw);
    }

    @Override
    public long field(int index) {
      throw none();
    }

    @Override
    public long metadata() {
      throw none();
    }

    @Override
    public long entry(long object, byte[] name) {
      throw none();
    }

    @Override
    public int compareText(long value, byte[] utf8) {
      throw none();
    }

    @Override
    public boolean equalsText(long value, byte[] utf8) {
      throw none();
    }

    @Override
    public int itemCount(long array) {
      throw none();
    }

    @Override
    public long firstItem(long array) {
      throw none();
    }

    @Override
    public long nextItem(long item) {
      throw none();
    }

    private static IllegalStateException none() {
      return new IllegalStateException("a number has no parts");
    }
  }
}
