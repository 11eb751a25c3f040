package io.kindred.engine.segment;

import io.kindred.engine.disk.SealedFile;

/// The checkpoint of the first release, which is read but not written any more: it ends behind the
/// operations, since there were no sources of events. Stateless.
final class CheckpointV1 {
  static final SealedFile.Format FORMAT = new SealedFile.Format("checkpoint", 1);

  /// A count of 0.
  private static final byte[] NO_SOURCES = new byte[Integer.BYTES];

  private CheckpointV1() {}

  static Checkpoint.Remembered remembered(byte[] operations) {
    return new Checkpoint.Remembered(operations, NO_SOURCES.clone());
  }
}
