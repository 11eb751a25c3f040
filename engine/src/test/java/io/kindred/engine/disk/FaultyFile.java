package io.kindred.engine.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// The content of a file of a [FaultyDisk]: what the system shows, and what the device has. Owned
/// by the lock of its disk.
final class FaultyFile {
  private static final int SECTOR_BYTES = 512;

  private byte[] shown = new byte[256];
  private int length;
  private byte[] durable = new byte[0];
  private final List<Change> unsynced = new ArrayList<>();

  /// Bytes that a failed sync dropped: still shown, but no later sync writes them.
  private final BitSet dropped = new BitSet();

  private sealed interface Change {
    record Grown(int from, int to) implements Change {}

    record Cut(int to) implements Change {}
  }

  int length() {
    return length;
  }

  byte[] content() {
    return Arrays.copyOf(shown, length);
  }

  void grow(byte[] bytes) {
    int to = length + bytes.length;
    if (to > shown.length) {
      shown = Arrays.copyOf(shown, Math.max(to, 2 * shown.length));
    }
    System.arraycopy(bytes, 0, shown, length, bytes.length);
    unsynced.add(new Change.Grown(length, to));
    length = to;
  }

  void cut(int to) {
    length = to;
    dropped.clear(to, Integer.MAX_VALUE);
    unsynced.add(new Change.Cut(to));
  }

  void sync() {
    durable = content();
    for (int at = dropped.nextSetBit(0); at >= 0; at = dropped.nextSetBit(at + 1)) {
      durable[at] = 0;
    }
    unsynced.clear();
  }

  /// The device refused; the system forgets that these bytes were never written.
  void failSync() {
    for (Change change : unsynced) {
      if (change instanceof Change.Grown(int from, int to) && from < length) {
        dropped.set(from, Math.min(to, length));
      }
    }
  }

  FaultyFile copyOfDurable() {
    FaultyFile copy = new FaultyFile();
    copy.settle(durable);
    return copy;
  }

  /// What a loss of power leaves: only what was synced.
  void losePower() {
    settle(durable);
  }

  /// What a loss of power leaves: what was synced, and any part of the rest.
  void losePower(Random random) {
    byte[] left = durable;
    if (!unsynced.isEmpty()) {
      left =
          switch (random.nextInt(3)) {
            case 0 -> durable;
            case 1 -> firstChanges(random);
            default -> scattered(random);
          };
    }
    settle(left);
  }

  /// The first few changes in order, and a piece of the next.
  private byte[] firstChanges(Random random) {
    byte[] left = durable;
    int kept = random.nextInt(unsynced.size() + 1);
    for (int i = 0; i <= kept && i < unsynced.size(); i++) {
      left =
          switch (unsynced.get(i)) {
            case Change.Cut(int to) -> Arrays.copyOf(left, Math.min(to, left.length));
            case Change.Grown(int from, int to) -> {
              int end = i < kept ? to : from + random.nextInt(to - from + 1);
              yield shownUpTo(left, from, end);
            }
          };
    }
    return left;
  }

  /// The new length, but of the new bytes only some sectors.
  private byte[] scattered(Random random) {
    byte[] left = Arrays.copyOf(durable, length);
    for (int sector = 0; sector < length; sector += SECTOR_BYTES) {
      if (random.nextBoolean()) {
        int count = Math.min(SECTOR_BYTES, length - sector);
        System.arraycopy(shown, sector, left, sector, count);
      }
    }
    return left;
  }

  private byte[] shownUpTo(byte[] left, int from, int to) {
    byte[] longer = Arrays.copyOf(left, Math.max(left.length, to));
    int count = Math.max(0, Math.min(to, length) - from);
    System.arraycopy(shown, from, longer, from, count);
    return longer;
  }

  private void settle(byte[] left) {
    durable = left;
    shown = Arrays.copyOf(left, Math.max(256, left.length));
    length = left.length;
    unsynced.clear();
    dropped.clear();
  }
}
