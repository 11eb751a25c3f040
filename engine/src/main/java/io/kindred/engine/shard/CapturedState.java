package io.kindred.engine.shard;

import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Checkpoint;
import org.jspecify.annotations.Nullable;

/// A state of a shard that is held, to be written. Owned by one thread, which closes it.
///
/// @param position of the last record in it
record CapturedState(ShardView source, Checkpoint checkpoint, long position, long logTimeMillis)
    implements AutoCloseable {
  @Nullable BaseManifest baseManifest() {
    Base base = source.base();
    return base == null ? null : base.manifest();
  }

  @Override
  public void close() {
    checkpoint.close();
    source.lifetime().release();
  }
}
