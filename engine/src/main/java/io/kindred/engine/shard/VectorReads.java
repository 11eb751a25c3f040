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

/// Copies the vectors of many keys out of the shards of a table. Owned by one thread, for one batch.
///
/// The rows are all found before the first is copied: so the processor has the cache misses of many
/// look-ups under way at once.
public final class VectorReads implements AutoCloseable {
  private final List<Shard> shards;
  private final Schema schema;
  private final int field;
  private final long nowMillis;
  private final ShardView[] views;

  /// Takes a lease on every shard.
  ///
  /// @param field index of the vector field
  public VectorReads(List<Shard> shards, int field, long nowMillis) {
    this.shards = shards;
    this.schema = shards.getFirst().schema();
    this.field = field;
    this.nowMillis = nowMillis;
    this.views = new ShardView[shards.size()];
    for (int i = 0; i < views.length; i++) {
      views[i] = shards.get(i).acquire();
    }
  }

  /// As `Table.getVectors`.
  public int[] read(List<Key> keys, ByteBuffer destination) {
    long[] locations = new long[keys.size()];
    int[] shardOf = new int[keys.size()];
    for (int i = 0; i < locations.length; i++) {
      Key key = keys.get(i);
      long slotKey = KeyHash.slotKey(key);
      shardOf[i] = KeyHash.shard(slotKey, views.length);
      byte[] utf8 = schema.keyType() == KeyType.STRING ? ((Key.Text) key).utf8() : null;
      locations[i] = locate(shardOf[i], slotKey, utf8);
    }
    return copy(locations, shardOf, destination);
  }

  /// As `Table.getVectors`.
  public int[] read(long[] keys, ByteBuffer destination) {
    long[] locations = new long[keys.length];
    int[] shardOf = new int[views.length == 1 ? 0 : keys.length];
    for (int i = 0; i < locations.length; i++) {
      int shard = 0;
      if (views.length > 1) {
        shard = KeyHash.shard(keys[i], views.length);
        shardOf[i] = shard;
      }
      locations[i] = locate(shard, keys[i], null);
    }
    return copy(locations, shardOf, destination);
  }

  private long locate(int shard, long slotKey, byte @org.jspecify.annotations.Nullable [] utf8) {
    while (true) {
      ShardView view = views[shard];
      long location = view.locate(slotKey, utf8);
      if (location != ShardView.NOWHERE || shards.get(shard).isCurrent(view)) {
        return location;
      }
      // Rows found on the older view must stay readable: the batch starts over on the newer one.
      throw new ViewChanged();
    }
  }

  private int[] copy(long[] locations, int[] shardOf, ByteBuffer destination) {
    VectorSink sink = new VectorSink(destination);
    int sizeBytes = schema.vectorSpec(field).sizeBytes();
    int[] missing = new int[0];
    for (int i = 0; i < locations.length; i++) {
      ShardView view = views[shardOf.length == 0 ? 0 : shardOf[i]];
      long at = (long) i * sizeBytes;
      if (!copy(view, locations[i], sink, at)) {
        missing = Arrays.copyOf(missing, missing.length + 1);
        missing[missing.length - 1] = i;
      }
    }
    destination.position(destination.position() + locations.length * sizeBytes);
    return missing;
  }

  private boolean copy(ShardView view, long location, VectorSink sink, long at) {
    Rows rows = location == ShardView.NOWHERE ? view.active() : view.rows(location);
    VectorRows vectors = rows.vectors(field);
    int ordinal = ShardView.ordinal(location);
    if (location == ShardView.NOWHERE
        || !rows.hasVector(field, ordinal)
        || (rows.mayExpire() && rows.expiryMillis(ordinal) <= nowMillis)) {
      sink.zero(vectors, at);
      return false;
    }
    sink.copy(vectors, ordinal, at);
    return true;
  }

  @Override
  public void close() {
    for (ShardView view : views) {
      view.lifetime().release();
    }
  }
}
