package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.VectorSink;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies the vectors of many keys out of the shards of a table. Immutable, thread-safe.
///
/// The rows are all found before the first is copied: so the processor has the cache misses of many
/// look-ups under way at once.
public final class VectorReads {
  private static final int ATTEMPTS_MAX = 8;
  private static final int[] NONE = {};

  private final List<Shard> shards;
  private final Schema schema;
  private final int field;
  private final long nowMillis;

  /// @param field index of the vector field
  public VectorReads(List<Shard> shards, int field, long nowMillis) {
    this.shards = shards;
    this.schema = shards.getFirst().schema();
    this.field = field;
    this.nowMillis = nowMillis;
  }

  /// As `Table.getVectors`.
  public int[] read(List<Key> keys, ByteBuffer destination) {
    long[] slotKeys = new long[keys.size()];
    byte[][] texts = schema.keyType() == KeyType.STRING ? new byte[keys.size()][] : null;
    for (int i = 0; i < slotKeys.length; i++) {
      Key key = keys.get(i);
      slotKeys[i] = KeyHash.slotKey(key);
      if (texts != null && key instanceof Key.Text text) {
        texts[i] = text.utf8();
      }
    }
    return read(slotKeys, texts, destination);
  }

  /// As `Table.getVectors`.
  public int[] read(long[] keys, ByteBuffer destination) {
    return read(keys, null, destination);
  }

  private int[] read(long[] slotKeys, byte @Nullable [][] texts, ByteBuffer destination) {
    long[] locations = new long[slotKeys.length];
    for (int attempt = 1; ; attempt++) {
      try (Leases leases = new Leases(shards)) {
        boolean isSettled = locate(leases, slotKeys, texts, locations);
        if (isSettled || attempt == ATTEMPTS_MAX) {
          return copy(leases, slotKeys, locations, destination);
        }
      }
    }
  }

  /// One view of each shard.
  private static final class Leases implements AutoCloseable {
    private final ShardView[] views;

    private int count;

    Leases(List<Shard> shards) {
      views = new ShardView[shards.size()];
      try {
        while (count < views.length) {
          views[count] = shards.get(count).acquire();
          count++;
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    @Override
    public void close() {
      for (int i = 0; i < count; i++) {
        views[i].lifetime().release();
      }
    }
  }

  /// @return false where a row was not found that may have moved to a newer view
  private boolean locate(
      Leases leases, long[] slotKeys, byte @Nullable [][] texts, long[] locations) {
    boolean isComplete = true;
    for (int i = 0; i < slotKeys.length; i++) {
      ShardView view = leases.views[KeyHash.shard(slotKeys[i], leases.views.length)];
      locations[i] = view.locate(slotKeys[i], texts == null ? null : texts[i]);
      isComplete &= locations[i] != ShardView.NOWHERE;
    }
    if (isComplete) {
      return true;
    }
    for (int i = 0; i < leases.views.length; i++) {
      if (!shards.get(i).isCurrent(leases.views[i])) {
        return false;
      }
    }
    return true;
  }

  private int[] copy(Leases leases, long[] slotKeys, long[] locations, ByteBuffer destination) {
    VectorSink sink = new VectorSink(destination);
    int sizeBytes = schema.vectorSpec(field).sizeBytes();
    int[] missing = NONE;
    int missingCount = 0;
    for (int i = 0; i < locations.length; i++) {
      ShardView view = leases.views[KeyHash.shard(slotKeys[i], leases.views.length)];
      if (!copy(view, locations[i], sink, (long) i * sizeBytes)) {
        if (missingCount == missing.length) {
          missing = Arrays.copyOf(missing, Math.min(locations.length, 16 + 2 * missingCount));
        }
        missing[missingCount++] = i;
      }
    }
    destination.position(destination.position() + locations.length * sizeBytes);
    return missingCount == missing.length ? missing : Arrays.copyOf(missing, missingCount);
  }

  private boolean copy(ShardView view, long location, VectorSink sink, long at) {
    if (location == ShardView.NOWHERE) {
      sink.zero(view.active().vectors(field), at);
      return false;
    }
    Rows rows = view.rows(location);
    VectorRows vectors = rows.vectors(field);
    int ordinal = ShardView.ordinal(location);
    if (!rows.hasVector(field, ordinal)
        || (rows.mayExpire() && rows.expiryMillis(ordinal) <= nowMillis)) {
      sink.zero(vectors, at);
      return false;
    }
    sink.copy(vectors, ordinal, at);
    return true;
  }
}
