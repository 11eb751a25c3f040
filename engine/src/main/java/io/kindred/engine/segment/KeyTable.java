package io.kindred.engine.segment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An open-addressing hash table from key to ordinal, off-heap, with linear probing. A slot is 16
/// bytes: the slot key (see [KeyHash#slotKey]), the ordinal plus one (0: free), and the place of
/// the row's image, in units of 8 bytes: where a text key is to be compared, no further look-up
/// stands between the slot and the image.
///
/// One thread writes, any number read without lock: a slot goes from free to taken once, and from
/// then on only its ordinal and place change. A reader may see the place of one row and the ordinal
/// of the next; as both are of the slot's key, the comparison holds.
final class KeyTable {
  static final int SLOT_BYTES = 16;
  private static final int ORDINAL = 8;
  private static final int PLACE = 12;
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private static final long NOWHERE = 0;

  private final MemorySegment slots;
  private final long start;
  private final long end;
  private final long capacity;
  private final RowImages images;

  /// @param slots free slots are zero; at least one must stay free
  KeyTable(MemorySegment slots, RowImages images) {
    this.slots = slots;
    this.start = slots.address();
    this.end = start + slots.byteSize() / SLOT_BYTES * SLOT_BYTES;
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
    long at = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      int taken = RawMemory.getIntAcquire(at + ORDINAL);
      if (taken == 0) {
        return -1;
      }
      if (RawMemory.getLong(at) == slotKey && (utf8 == null || hasKey(at, utf8))) {
        return taken - 1;
      }
      at = next(at);
    }
    return -1;
  }

  /// Reads the slot at which a search for the key begins, so that it is in the cache.
  void touch(long slotKey) {
    RawMemory.touch(home(slotKey));
  }

  /// Reads ahead what comparing a text key reads.
  ///
  /// @return the ordinal of the first slot with this slot key, or -1: most often the key's, but
  ///   texts of one hash are not told apart
  int touchKey(long slotKey) {
    long at = slotOf(slotKey);
    if (at == NOWHERE) {
      return -1;
    }
    images.touch(place(at));
    return RawMemory.getInt(at + ORDINAL) - 1;
  }

  /// Address of the first slot with this slot key, or `NOWHERE`.
  private long slotOf(long slotKey) {
    long at = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      if (RawMemory.getIntAcquire(at + ORDINAL) == 0) {
        return NOWHERE;
      }
      if (RawMemory.getLong(at) == slotKey) {
        return at;
      }
      at = next(at);
    }
    return NOWHERE;
  }

  /// Points the key's slot to an ordinal whose image is already written. Owned by the writing
  /// thread.
  void put(long slotKey, byte @Nullable [] utf8, int ordinal) {
    long at = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      int taken = RawMemory.getInt(at + ORDINAL);
      if (taken == 0) {
        slots.set(ValueLayout.JAVA_LONG, at - start, slotKey);
        fill(at, ordinal);
        return;
      }
      if (RawMemory.getLong(at) == slotKey && (utf8 == null || hasKey(at, utf8))) {
        fill(at, ordinal);
        return;
      }
      at = next(at);
    }
    throw new IllegalStateException("key table is full at " + capacity + " slots");
  }

  /// As [#put], for a key that the table does not hold yet.
  void putNew(long slotKey, int ordinal) {
    long at = home(slotKey);
    for (long probes = 0; probes < capacity; probes++) {
      if (RawMemory.getInt(at + ORDINAL) == 0) {
        slots.set(ValueLayout.JAVA_LONG, at - start, slotKey);
        fill(at, ordinal);
        return;
      }
      at = next(at);
    }
    throw new IllegalStateException("key table is full at " + capacity + " slots");
  }

  private void fill(long at, int ordinal) {
    slots.set(ValueLayout.JAVA_INT, at - start + PLACE, (int) (images.offset(ordinal) >>> 3));
    INT.setRelease(slots, at - start + ORDINAL, ordinal + 1);
  }

  private boolean hasKey(long at, byte[] utf8) {
    return images.hasKey(place(at), utf8);
  }

  /// Byte offset of the image of a slot's row.
  private static long place(long at) {
    return (RawMemory.getInt(at + PLACE) & 0xFFFF_FFFFL) << 3;
  }

  /// How many slots are taken.
  int taken() {
    int count = 0;
    for (long at = start; at < end; at += SLOT_BYTES) {
      count += RawMemory.getInt(at + ORDINAL) == 0 ? 0 : 1;
    }
    return count;
  }

  /// What is wrong with a slot of a table of this many rows, or null.
  @Nullable String problem(int rowCount) {
    for (long at = start; at < end; at += SLOT_BYTES) {
      int ordinal = RawMemory.getInt(at + ORDINAL) - 1;
      if (ordinal < -1 || ordinal >= rowCount) {
        return "row " + ordinal + " (expected: 0 to " + (rowCount - 1) + ")";
      }
      if (ordinal >= 0 && place(at) != images.offset(ordinal)) {
        return "row %d at %d (expected: %d)".formatted(ordinal, place(at), images.offset(ordinal));
      }
    }
    return null;
  }

  /// Address of the slot at which a search for the key begins.
  private long home(long slotKey) {
    return start + Math.unsignedMultiplyHigh(KeyHash.mix(slotKey), capacity) * SLOT_BYTES;
  }

  private long next(long at) {
    long next = at + SLOT_BYTES;
    return next == end ? start : next;
  }
}
