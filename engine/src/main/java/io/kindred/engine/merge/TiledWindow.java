package io.kindred.engine.merge;

import io.kindred.engine.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One sliding window of [WindowCounts]. Immutable.
///
/// A tile's number is its start, counted in tiles from 1970. The window of length l that ends at T
/// touches the tiles from that of its first instant, T - l + 1 µs, to that of T.
final class TiledWindow {
  static final long LENGTH_SECONDS_MAX = Duration.ofDays(400).toSeconds();

  private static final int TILES_MAX = 100;
  private static final long MICROS_PER_SECOND = 1_000_000;

  /// Lengths of tiles in seconds: shares of a minute, an hour and a day, then days.
  private static final long[] LADDER = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400, 172_800, 432_000
  };

  private final String field;
  private final long lengthSeconds;
  private final long[] tiles;
  private final long[] counts;

  private TiledWindow(String field, long lengthSeconds, long[] tiles, long[] counts) {
    this.field = field;
    this.lengthSeconds = lengthSeconds;
    this.tiles = tiles;
    this.counts = counts;
  }

  static TiledWindow empty(String field, long lengthSeconds) {
    return new TiledWindow(field, lengthSeconds, new long[0], new long[0]);
  }

  /// The window in a state that ends at a time, or null where the value is none.
  static @Nullable TiledWindow of(String field, Value value, long endMicros) {
    if (!(value instanceof Value.Entries(Map<String, Value> members)
        && members.get("length") instanceof Value.Int64(long length)
        && length >= 1
        && length <= LENGTH_SECONDS_MAX
        && members.get("tiles") instanceof Value.Array(List<Value> items)
        && items.size() % 2 == 0)) {
      return null;
    }
    TiledWindow empty = empty(field, length);
    long last = empty.tileOf(endMicros);
    long before = empty.firstTile(endMicros) - 1;
    long[] tiles = new long[items.size() / 2];
    long[] counts = new long[tiles.length];
    for (int i = 0; i < tiles.length; i++) {
      // The first is the tile's number, and each of the others its distance from the one before.
      if (!(items.get(2 * i) instanceof Value.Int64(long step)
          && items.get(2 * i + 1) instanceof Value.Int64(long count))) {
        return null;
      }
      long distance = i == 0 ? step - before : step;
      if ((i == 0 && step > last) || distance < 1 || distance > last - before) {
        return null;
      }
      before += distance;
      tiles[i] = before;
      counts[i] = count;
    }
    return new TiledWindow(field, length, tiles, counts);
  }

  Value toValue() {
    List<Value> items = new ArrayList<>(2 * tiles.length);
    long before = 0;
    for (int i = 0; i < tiles.length; i++) {
      items.add(Value.of(tiles[i] - before));
      items.add(Value.of(counts[i]));
      before = tiles[i];
    }
    Map<String, Value> members = new LinkedHashMap<>();
    members.put("length", Value.of(lengthSeconds));
    members.put("tiles", new Value.Array(items));
    return new Value.Entries(members);
  }

  String field() {
    return field;
  }

  long lengthSeconds() {
    return lengthSeconds;
  }

  /// The window once it ends at a time, with what was counted, if that is within it.
  ///
  /// @throws ArithmeticException where a count exceeds 64 bits
  TiledWindow add(long endMicros, WindowCounts.Counted counted) {
    long first = firstTile(endMicros);
    long added = tileOf(counted.timeMicros());
    boolean isAdded = counted.amount() != 0 && added >= first;
    int from = 0;
    while (from < tiles.length && tiles[from] < first) {
      from++;
    }
    if (!isAdded) {
      return of(Arrays.copyOfRange(tiles, from, tiles.length), countsFrom(from));
    }
    int at = Arrays.binarySearch(tiles, from, tiles.length, added);
    if (at >= 0) {
      long[] kept = countsFrom(from);
      kept[at - from] = Math.addExact(kept[at - from], counted.amount());
      return of(Arrays.copyOfRange(tiles, from, tiles.length), kept).withoutZeros();
    }
    int place = -at - 1;
    return of(inserted(tiles, from, place, added), inserted(counts, from, place, counted.amount()));
  }

  private TiledWindow of(long[] newTiles, long[] newCounts) {
    TiledWindow window = new TiledWindow(field, lengthSeconds, newTiles, newCounts);
    var _ = window.value();
    return window;
  }

  private long[] countsFrom(int from) {
    return Arrays.copyOfRange(counts, from, counts.length);
  }

  private static long[] inserted(long[] from, int start, int place, long value) {
    long[] more = new long[from.length - start + 1];
    System.arraycopy(from, start, more, 0, place - start);
    more[place - start] = value;
    System.arraycopy(from, place, more, place - start + 1, from.length - place);
    return more;
  }

  private TiledWindow withoutZeros() {
    int kept = 0;
    long[] newTiles = tiles.clone();
    long[] newCounts = counts.clone();
    for (int i = 0; i < tiles.length; i++) {
      if (counts[i] != 0) {
        newTiles[kept] = tiles[i];
        newCounts[kept++] = counts[i];
      }
    }
    return new TiledWindow(
        field, lengthSeconds, Arrays.copyOf(newTiles, kept), Arrays.copyOf(newCounts, kept));
  }

  /// The sum of the tiles.
  ///
  /// @throws ArithmeticException where it exceeds 64 bits
  long value() {
    long sum = 0;
    for (long count : counts) {
      sum = Math.addExact(sum, count);
    }
    return sum;
  }

  /// The first event time at which the oldest tile is not touched any more; `Long.MAX_VALUE` where
  /// there is none.
  long dueMicros() {
    return tiles.length == 0 ? Long.MAX_VALUE : (tiles[0] + 1) * tileMicros() + lengthMicros() - 1;
  }

  private long firstTile(long endMicros) {
    return tileOf(endMicros - lengthMicros() + 1);
  }

  private long tileOf(long micros) {
    return Math.floorDiv(micros, tileMicros());
  }

  private long lengthMicros() {
    return lengthSeconds * MICROS_PER_SECOND;
  }

  private long tileMicros() {
    return tileSeconds(lengthSeconds) * MICROS_PER_SECOND;
  }

  /// Length of the tiles of a window: the shortest of which it never touches more than 100.
  static long tileSeconds(long lengthSeconds) {
    for (long tile : LADDER) {
      if (Math.ceilDiv(lengthSeconds, tile) < TILES_MAX) {
        return tile;
      }
    }
    throw new IllegalArgumentException("window of " + lengthSeconds + " s");
  }
}
