package io.kindred.engine.segment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An open-addressing hash table from key to ordinal, off-heap, with linear probing. A slot is 16
/// bytes: the slot key (see [KeyHash#slotKey]), the ordinal plus one (0: free), and padding.
///
/// One thread writes, any number read without lock: a slot goes from free to taken once, and from
/// then on only its ordinal changes.
final class KeyTable {
  static final int SLOT_BYTES = 16;
  private static final int ORDINAL = 8;
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment slots;
  private final long capacity;
  private final RowImages images;

  /// @param slots free slots are zero; at least one must stay free
  KeyTable(MemorySegment slots, RowImages images) {
    this.slots = slots;
    this.capacity = slots.byteSize() / SLOT_BYTES;
    this.images = images;
  }

  /// Bytes of the slots for this many keys, filled to five eighths.
  static long sizeBytes(long keys) {
    return (keys + (keys * 3) / 5 + 2) * SLOT_BYTES;
  }

  /// The ordinal that the key's slot holds, or -1.
  ///
  /// @param utf8 the bytes of a text key; null for a number, which the slot key decides
  int find(long slotKey, byte @Nullable [] utf8) {
    long slot = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      long offset = slot * SLOT_BYTES;
      int taken = (int) INT.getAcquire(slots, offset + ORDINAL);
      if (taken == 0) {
        return -1;
      }
      if (slots.get(ValueLayout.JAVA_LONG, offset) == slotKey
          && (utf8 == null || images.hasKey(taken - 1, utf8))) {
        return taken - 1;
      }
      slot = slot + 1 == capacity ? 0 : slot + 1;
    }
    return -1;
  }

  /// Points the key's slot to an ordinal whose image is already written. Owned by the writing
  /// thread.
  void put(long slotKey, byte @Nullable [] utf8, int ordinal) {
    long slot = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      long offset = slot * SLOT_BYTES;
      int taken = slots.get(ValueLayout.JAVA_INT, offset + ORDINAL);
      if (taken == 0) {
        slots.set(ValueLayout.JAVA_LONG, offset, slotKey);
        INT.setRelease(slots, offset + ORDINAL, ordinal + 1);
        return;
      }
      if (slots.get(ValueLayout.JAVA_LONG, offset) == slotKey
          && (utf8 == null || images.hasKey(taken - 1, utf8))) {
        INT.setRelease(slots, offset + ORDINAL, ordinal + 1);
        return;
      }
      slot = slot + 1 == capacity ? 0 : slot + 1;
    }
    throw new IllegalStateException("key table is full at " + capacity + " slots");
  }

  /// As [#put], for a key that the table does not hold yet.
  void putNew(long slotKey, int ordinal) {
    long slot = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      long offset = slot * SLOT_BYTES;
      if (slots.get(ValueLayout.JAVA_INT, offset + ORDINAL) == 0) {
        slots.set(ValueLayout.JAVA_LONG, offset, slotKey);
        slots.set(ValueLayout.JAVA_INT, offset + ORDINAL, ordinal + 1);
        return;
      }
      slot = slot + 1 == capacity ? 0 : slot + 1;
    }
    throw new IllegalStateException("key table is full at " + capacity + " slots");
  }

  /// How many slots are taken.
  int taken() {
    int count = 0;
    for (long slot = 0; slot < capacity; slot++) {
      count += slots.get(ValueLayout.JAVA_INT, slot * SLOT_BYTES + ORDINAL) == 0 ? 0 : 1;
    }
    return count;
  }

  private long home(long slotKey) {
    return Math.unsignedMultiplyHigh(KeyHash.mix(slotKey), capacity);
  }
}
