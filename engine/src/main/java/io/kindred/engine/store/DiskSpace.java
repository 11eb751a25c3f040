package io.kindred.engine.store;

import io.kindred.engine.DiskInfo;
import io.kindred.engine.DiskInfo.State;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.shard.DiskRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses writes while there is still room on the disk, so that what is under way can be finished
/// and what makes room can be done. Thread-safe.
///
/// The free space is measured every second and, where what was written since makes it scarce, with
/// the next write, ten times a second at most. In between a write adds to one number and reads
/// another.
final class DiskSpace implements DiskRoom {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
  private static final long MEASURED_AGAIN_NANOS = Duration.ofMillis(100).toNanos();
  private static final int WARN_TIMES = 2;
  private static final int READ_ONLY_SHARE = 4;

  private final Disk disk;
  private final Path directory;
  private final long freeBytesMin;

  /// Bytes that were queued for the log since the last measurement.
  private final AtomicLong bytesSince = new AtomicLong();

  private volatile Measured measured;

  /// @param failure why the free space could not be read, or null; the bytes are older ones then
  private record Measured(long freeBytes, long atNanos, @Nullable String failure) {}

  /// What a write does to the space that is taken, once it is folded.
  enum Effect {
    ADDS,
    MAKES_ROOM
  }

  /// @param freeBytesMin with less, nothing is added; 0 for whatever the disk takes
  DiskSpace(Disk disk, Path directory, long freeBytesMin) {
    this.disk = disk;
    this.directory = directory;
    this.freeBytesMin = freeBytesMin;
    this.measured = new Measured(Long.MAX_VALUE, System.nanoTime(), null);
    measure();
  }

  /// Takes the bytes of a write, before it is queued.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE` where there is too little room for it
  void take(long bytes, Effect effect) {
    if (freeBytesMin == 0) {
      return;
    }
    long since = bytesSince.addAndGet(bytes);
    Measured last = measured;
    long left = last.freeBytes - since;
    if (left < WARN_TIMES * freeBytesMin && measureIfOld()) {
      left = measured.freeBytes - bytes;
    }
    State state = state(left);
    if (state == State.READ_ONLY || (state == State.FULL && effect == Effect.ADDS)) {
      bytesSince.addAndGet(-bytes);
      throw refused(left, state);
    }
  }

  private boolean measureIfOld() {
    synchronized (this) {
      boolean isOld = System.nanoTime() - measured.atNanos >= MEASURED_AGAIN_NANOS;
      if (isOld) {
        measure();
      }
      return isOld;
    }
  }

  private State state(long freeBytes) {
    if (freeBytes < freeBytesMin / READ_ONLY_SHARE) {
      return State.READ_ONLY;
    }
    if (freeBytes < freeBytesMin) {
      return State.FULL;
    }
    return freeBytes < WARN_TIMES * freeBytesMin ? State.LOW : State.OK;
  }

  private KindredException refused(long freeBytes, State state) {
    long needed = state == State.FULL ? freeBytesMin : freeBytesMin / READ_ONLY_SHARE;
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE,
        "disk: %d bytes free at %s (expected: at least %d to %s); not stored, reads go on: free space, then try again"
            .formatted(
                freeBytes,
                directory,
                needed,
                state == State.FULL ? "add rows and tables" : "write at all"));
  }

  @Override
  public void require(String work, long bytes) {
    measure();
    long left = measured.freeBytes - bytes;
    long least = freeBytesMin / READ_ONLY_SHARE;
    if (left < least) {
      throw new KindredException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "%s not begun: takes about %d bytes, and %d are free at %s (expected: at least %d left over); free space"
              .formatted(work, bytes, measured.freeBytes, directory, least));
    }
  }

  /// Reads the free space, and tells the log where what may be written has changed.
  void measure() {
    synchronized (this) {
      Measured last = measured;
      State before = state(last.freeBytes);
      Measured next = read(last);
      bytesSince.set(0);
      measured = next;
      note(before, state(next.freeBytes), last.failure, next);
    }
  }

  private Measured read(Measured last) {
    try {
      return new Measured(disk.freeBytes(directory), System.nanoTime(), null);
    } catch (KindredException e) {
      return new Measured(last.freeBytes, System.nanoTime(), e.getMessage());
    }
  }

  private void note(State before, State after, @Nullable String earlierFailure, Measured next) {
    if (next.failure != null && earlierFailure == null) {
      LOG.warn("free space not known: check the device: {}", next.failure);
    }
    if (after == before) {
      return;
    }
    if (after == State.OK) {
      LOG.info("disk has room again free={} directory={}", next.freeBytes, directory);
    } else {
      LOG.warn("{}", problem(after, next.freeBytes));
    }
  }

  private String problem(State state, long freeBytes) {
    String what =
        switch (state) {
          case OK, LOW -> "rows are refused below " + freeBytesMin;
          case FULL -> "rows and tables are refused until there are " + freeBytesMin;
          case READ_ONLY -> "nothing is written until there are " + freeBytesMin / READ_ONLY_SHARE;
        };
    return "disk: %d bytes free at %s; %s: free space".formatted(freeBytes, directory, what);
  }

  /// What a person should look at, or null.
  @Nullable String problem() {
    Measured last = measured;
    State state = state(last.freeBytes);
    if (state != State.OK) {
      return problem(state, last.freeBytes);
    }
    return last.failure == null ? null : "disk: free space not known: " + last.failure;
  }

  DiskInfo info() {
    Measured last = measured;
    return new DiskInfo(state(last.freeBytes), last.freeBytes, freeBytesMin);
  }
}
