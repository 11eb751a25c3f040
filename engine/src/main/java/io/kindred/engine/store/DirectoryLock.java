package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;

/// The lock of a data directory, for as long as it is looked at. Owned by one thread.
record DirectoryLock(AutoCloseable lock) implements AutoCloseable {
  @Override
  public void close() {
    try {
      lock.close();
    } catch (Exception e) {
      throw new KindredException(
          ErrorCode.STORAGE_UNAVAILABLE, "the lock of the data directory could not be released", e);
    }
  }
}
