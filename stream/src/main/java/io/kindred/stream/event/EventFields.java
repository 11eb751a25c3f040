package io.kindred.stream.event;

import io.kindred.engine.Value;
import io.kindred.engine.filter.RowFields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The values of an event as a filter looks at them: field `i` of the filter's table is slot `i`.
/// Owned by the thread that owns the event.
///
/// An address is the slot, and above it the number of a list's item, from 1.
public final class EventFields implements RowFields {
  private static final int ITEM_SHIFT = 32;

  private final Event event;

  public EventFields(Event event) {
    this.event = event;
  }

  @Override
  public long field(int index) {
    return event.value(index) == null ? ABSENT : index;
  }

  @Override
  public long metadata() {
    return ABSENT;
  }

  @Override
  public long entry(long object, byte[] name) {
    return ABSENT;
  }

  @Override
  public Kind kind(long value) {
    return switch (at(value)) {
      case Value.Null _ -> Kind.NULL;
      case Value.Bool _ -> Kind.BOOL;
      case Value.Int64 _ -> Kind.INT64;
      case Value.Float64 _ -> Kind.FLOAT64;
      case Value.Text _ -> Kind.TEXT;
      case Value.Timestamp _ -> Kind.TIMESTAMP;
      case Value.Array _ -> Kind.ARRAY;
      case Value.Entries _ -> Kind.ENTRIES;
    };
  }

  @Override
  public boolean bool(long value) {
    return ((Value.Bool) at(value)).value();
  }

  @Override
  public long int64(long value) {
    return at(value) instanceof Value.Timestamp(long micros)
        ? micros
        : ((Value.Int64) at(value)).value();
  }

  @Override
  public double float64(long value) {
    return ((Value.Float64) at(value)).value();
  }

  @Override
  public int compareText(long value, byte[] utf8) {
    return Arrays.compareUnsigned(text(value), utf8);
  }

  @Override
  public boolean equalsText(long value, byte[] utf8) {
    return Arrays.equals(text(value), utf8);
  }

  @Override
  public int itemCount(long array) {
    return items(array).size();
  }

  @Override
  public long firstItem(long array) {
    return array | 1L << ITEM_SHIFT;
  }

  @Override
  public long nextItem(long item) {
    return item + (1L << ITEM_SHIFT);
  }

  private byte[] text(long value) {
    return ((Value.Text) at(value)).value().getBytes(StandardCharsets.UTF_8);
  }

  private List<Value> items(long array) {
    return items((int) array);
  }

  private List<Value> items(int slot) {
    return ((Value.Array) present(slot)).items();
  }

  private Value at(long address) {
    int slot = (int) address;
    int item = (int) (address >>> ITEM_SHIFT);
    return item == 0 ? present(slot) : items(slot).get(item - 1);
  }

  private Value present(int slot) {
    @Nullable Value value = event.value(slot);
    if (value == null) {
      throw new IllegalStateException("slot " + slot + " is empty (expected: an address)");
    }
    return value;
  }
}
