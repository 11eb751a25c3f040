package io.kindred.server.grpc;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The streams of batches that are open, and how many may be. Thread-safe.
final class OpenStreams implements AutoCloseable {
  private final int streamsMax;
  private final Set<BatchStream<?, ?, ?>> open = ConcurrentHashMap.newKeySet();

  OpenStreams(int streamsMax) {
    this.streamsMax = streamsMax;
  }

  /// @throws KindredException `OVERLOADED` where too many are open
  void add(BatchStream<?, ?, ?> stream) {
    if (open.size() >= streamsMax) {
      throw KindredException.of(
          ErrorCode.OVERLOADED, "open streams", streamsMax, "fewer than " + streamsMax);
    }
    open.add(stream);
  }

  void remove(BatchStream<?, ?, ?> stream) {
    open.remove(stream);
  }

  @Override
  public void close() {
    for (BatchStream<?, ?, ?> stream : open) {
      stream.close();
    }
  }
}
