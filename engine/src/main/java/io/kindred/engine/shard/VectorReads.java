package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.vector.VectorSink;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies the vectors of many keys out of the shards of a table. Owned by one thread, for one read.
///
/// A look-up jumps to a place of its own in memory, and the processor cannot see past a jump that
/// depends on what it finds there. So the places of some keys are read ahead, with no decision
/// among them: their cache misses are then under way at once.
public final class VectorReads {
  private static final int ATTEMPTS_MAX = 8;
  private static final int KEYS_AHEAD = 32;
  private static final int[] NONE_MISSING = new int[0];

  private final List<Shard> shards;
  private final Schema schema;
  private final int field;
  private final InstantSource clock;
  private long nowMillis = Long.MIN_VALUE;

  /// @param field index of the vector field
  public VectorReads(List<Shard> shards, int field, InstantSource clock) {
    this.shards = shards;
    this.schema = shards.getFirst().schema();
    this.field = field;
    this.clock = clock;
  }

  /// As `Table.getVectors`.
  public int[] read(List<Key> keys, ByteBuffer destination) {
    long[] slotKeys = new long[keys.size()];
    if (schema.keyType() == KeyType.UINT64) {
      for (int i = 0; i < slotKeys.length; i++) {
        slotKeys[i] = KeyHash.slotKey(keys.get(i));
      }
      return read(slotKeys, null, destination);
    }
    byte[][] texts = new byte[slotKeys.length][];
    for (int i = 0; i < slotKeys.length; i++) {
      byte[] utf8 = ((Key.Text) keys.get(i)).utf8();
      texts[i] = utf8;
      slotKeys[i] = KeyHash.of(utf8);
    }
    return read(slotKeys, texts, destination);
  }

  /// As `Table.getVectors`.
  public int[] read(long[] keys, ByteBuffer destination) {
    return read(keys, null, destination);
  }

  private int[] read(long[] slotKeys, byte @Nullable [][] texts, ByteBuffer destination) {
    long[] addresses = new long[slotKeys.length];
    for (int attempt = 1; ; attempt++) {
      try (Leases leases = new Leases(shards)) {
        boolean isSettled = locate(leases, slotKeys, texts, addresses);
        if (isSettled || attempt == ATTEMPTS_MAX) {
          return copy(addresses, destination);
        }
      }
    }
  }

  /// One view of each shard that is asked.
  private static final class Leases implements AutoCloseable {
    private final List<Shard> shards;
    private final @Nullable ShardView[] views;

    Leases(List<Shard> shards) {
      this.shards = shards;
      this.views = new ShardView[shards.size()];
    }

    ShardView viewOf(long slotKey) {
      int shard = KeyHash.shard(slotKey, views.length);
      ShardView view = views[shard];
      if (view == null) {
        view = shards.get(shard).acquire();
        views[shard] = view;
      }
      return view;
    }

    boolean areCurrent() {
      for (int i = 0; i < views.length; i++) {
        ShardView view = views[i];
        if (view != null && !shards.get(i).isCurrent(view)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      for (ShardView view : views) {
        if (view != null) {
          view.lifetime().release();
        }
      }
    }
  }

  /// @param addresses filled in with where the vectors are, or `NOTHING`
  /// @return false where a row was not found that may have moved to a newer view
  private boolean locate(
      Leases leases, long[] slotKeys, byte @Nullable [][] texts, long[] addresses) {
    boolean isComplete = true;
    for (int i = 0; i < slotKeys.length; i++) {
      if (i % KEYS_AHEAD == 0) {
        lookAhead(leases, slotKeys, texts, i);
      }
      ShardView view = leases.viewOf(slotKeys[i]);
      long location = view.locate(slotKeys[i], texts == null ? null : texts[i]);
      isComplete &= location != ShardView.NOWHERE;
      addresses[i] =
          location == ShardView.NOWHERE
              ? VectorSink.NOTHING
              : address(view.rows(location), ShardView.ordinal(location));
    }
    return isComplete || leases.areCurrent();
  }

  private long address(Rows rows, int ordinal) {
    return rows.hasVector(field, ordinal)
            && (!rows.mayExpire() || rows.expiryMillis(ordinal) > nowMillis())
        ? rows.vectors(field).address(ordinal)
        : VectorSink.NOTHING;
  }

  private void lookAhead(Leases leases, long[] slotKeys, byte @Nullable [][] texts, int from) {
    int to = Math.min(from + KEYS_AHEAD, slotKeys.length);
    if (slotKeys.length == 1) {
      if (texts != null) {
        leases.viewOf(slotKeys[0]).touchRow(slotKeys[0], field);
      }
      return;
    }
    for (int i = from; i < to; i++) {
      leases.viewOf(slotKeys[i]).touchSlot(slotKeys[i]);
    }
    if (texts != null) {
      for (int i = from; i < to; i++) {
        leases.viewOf(slotKeys[i]).touchKey(slotKeys[i]);
      }
    }
  }

  private int[] copy(long[] addresses, ByteBuffer destination) {
    VectorSpec spec = schema.vectorSpec(field);
    new VectorSink(destination).copy(addresses, spec.dimension());
    destination.position(destination.position() + addresses.length * spec.sizeBytes());
    int[] missing = NONE_MISSING;
    int missingCount = 0;
    for (int i = 0; i < addresses.length; i++) {
      if (addresses[i] == VectorSink.NOTHING) {
        if (missingCount == missing.length) {
          missing = Arrays.copyOf(missing, Math.min(addresses.length, 16 + 2 * missingCount));
        }
        missing[missingCount++] = i;
      }
    }
    return missingCount == missing.length ? missing : Arrays.copyOf(missing, missingCount);
  }

  /// One time for the whole read, asked for only where a row may expire.
  private long nowMillis() {
    if (nowMillis == Long.MIN_VALUE) {
      nowMillis = clock.millis();
    }
    return nowMillis;
  }
}
