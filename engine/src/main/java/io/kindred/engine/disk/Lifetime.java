package io.kindred.engine.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The reference count of something off-heap that readers use without a lock: it ends once the
/// owner and every reader have let go of it.
///
/// Thread-safe. Starts with one reference, the owner's. Acquiring and releasing allocate nothing.
public final class Lifetime {
  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(Lifetime.class, "references", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable onEnd;
  private volatile int references = 1;

  /// Starts with the owner's reference.
  ///
  /// @param onEnd runs exactly once, on the thread of the last [#release]; it must be quick or hand
  ///   over, as that thread may be a reader's
  public Lifetime(Runnable onEnd) {
    this.onEnd = onEnd;
  }

  /// Takes a reference, to be given back by one [#release].
  ///
  /// @return false where the lifetime has ended; nothing is to be released then
  public boolean tryAcquire() {
    while (true) {
      int count = references;
      if (count == 0) {
        return false;
      }
      if (count == Integer.MAX_VALUE) {
        throw new IllegalStateException("references: " + count + " (expected: fewer; one leaks)");
      }
      if (REFERENCES.compareAndSet(this, count, count + 1)) {
        return true;
      }
    }
  }

  /// Gives a reference back; the last one ends the lifetime.
  public void release() {
    while (true) {
      int count = references;
      if (count == 0) {
        throw new IllegalStateException("release after the end (expected: one for each reference)");
      }
      if (REFERENCES.compareAndSet(this, count, count - 1)) {
        if (count == 1) {
          onEnd.run();
        }
        return;
      }
    }
  }

  public boolean hasEnded() {
    return references == 0;
  }
}
