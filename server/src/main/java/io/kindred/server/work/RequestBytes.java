package io.kindred.server.work;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.concurrent.atomic.AtomicLong;

/// The bytes of all requests that are in the server, from the first that comes in to the answer: a
/// few large ones take as much memory as many small ones. Thread-safe.
public final class RequestBytes {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  public RequestBytes(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes room for bytes. Whoever took it gives it back once the request is answered.
  ///
  /// @throws KindredException `OVERLOADED` where there is none; nothing was then taken
  public void take(long count) {
    long now = bytes.addAndGet(count);
    if (now > bytesMax) {
      bytes.addAndGet(-count);
      throw KindredException.of(
          ErrorCode.OVERLOADED,
          "bytes of requests under way",
          now,
          "at most " + bytesMax + "; send fewer or smaller ones at a time");
    }
  }

  public void giveBack(long count) {
    bytes.addAndGet(-count);
  }

  /// Bytes that are taken now.
  public long taken() {
    return bytes.get();
  }
}
