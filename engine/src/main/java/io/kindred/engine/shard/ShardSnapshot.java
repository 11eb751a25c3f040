package io.kindred.engine.shard;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A shard held at one log position, while it goes on: its files stay until this is closed. Owned
/// by one thread.
public final class ShardSnapshot implements AutoCloseable {
  private final Shard shard;
  private final LiveFiles.Pin pin;
  private @Nullable Unwritten unwritten;
  private @Nullable ShardImage image;
  private boolean isClosed;

  /// A state whose checkpoint is still to be written.
  record Unwritten(CapturedState state, long checkpointNumber, long rowCount) {}

  ShardSnapshot(Shard shard, LiveFiles.Pin pin, ShardImage image) {
    this.shard = shard;
    this.pin = pin;
    this.image = image;
  }

  ShardSnapshot(Shard shard, LiveFiles.Pin pin, Unwritten unwritten) {
    this.shard = shard;
    this.pin = pin;
    this.unwritten = unwritten;
  }

  /// Where the shard's files are.
  public Path directory() {
    return shard.directory();
  }

  /// The position of the last record in it.
  public long position() {
    return unwritten == null ? image().appliedPosition() : unwritten.state().position();
  }

  /// The files of the snapshot; writes the checkpoint with the first call, and lets the memory go.
  ///
  /// @throws io.kindred.engine.KindredException `STORAGE_UNAVAILABLE`
  public ShardImage image() {
    Unwritten rest = unwritten;
    if (rest != null) {
      unwritten = null;
      image = shard.write(rest);
    }
    if (image == null) {
      throw new IllegalStateException("the checkpoint of the snapshot was not written");
    }
    return image;
  }

  /// Lets the shard delete what only this snapshot holds.
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      try {
        if (unwritten != null) {
          unwritten.state().close();
          unwritten = null;
        }
      } finally {
        shard.unpin(pin);
      }
    }
  }
}
