package io.kindred.engine.disk;

import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A large file in the making that goes to the device piece by piece, while more of it is appended:
/// a single sync at its end would keep the syncs of a log on the same device waiting for all of it.
/// A piece is as large as the device takes in about twenty milliseconds.
///
/// Owned by one thread; a piece is synced on another.
public final class PacedFile implements AutoCloseable {
  private static final long PIECE_BYTES_FIRST = 2L << 20;
  private static final long PIECE_BYTES_MIN = 512L << 10;
  private static final long PIECE_BYTES_MAX = 32L << 20;
  private static final long SYNC_NANOS = 20_000_000;

  private final Disk.AppendFile file;
  private long pieceBytes = PIECE_BYTES_FIRST;
  private long unsyncedBytes;
  private @Nullable CompletableFuture<Long> syncing;

  /// @param file closed with this
  public PacedFile(Disk.AppendFile file) {
    this.file = file;
  }

  /// Appends the remaining bytes of the buffer.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE`, also where an earlier piece was refused
  public void append(ByteBuffer bytes) {
    unsyncedBytes += bytes.remaining();
    file.append(bytes);
    if (unsyncedBytes >= pieceBytes) {
      awaitPiece();
      unsyncedBytes = 0;
      CompletableFuture<Long> done = new CompletableFuture<>();
      Thread.ofVirtual().name("piece-sync").start(() -> syncPiece(done));
      syncing = done;
    }
  }

  private void syncPiece(CompletableFuture<Long> done) {
    long started = System.nanoTime();
    try {
      file.sync();
      done.complete(System.nanoTime() - started);
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  /// Waits for the piece that is on its way, and learns how large the next may be.
  private void awaitPiece() {
    CompletableFuture<Long> piece = syncing;
    if (piece == null) {
      return;
    }
    syncing = null;
    long nanos;
    try {
      nanos = piece.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KindredException cause) {
        throw cause;
      }
      throw e;
    }
    if (nanos > SYNC_NANOS) {
      pieceBytes = Math.max(PIECE_BYTES_MIN, pieceBytes / 2);
    } else if (nanos < SYNC_NANOS / 2) {
      pieceBytes = Math.min(PIECE_BYTES_MAX, pieceBytes * 2);
    }
  }

  /// Forces data and length to the device.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE`, also where an earlier piece was refused
  public void sync() {
    awaitPiece();
    file.sync();
    unsyncedBytes = 0;
  }

  @Override
  public void close() {
    CompletableFuture<Long> piece = syncing;
    if (piece != null) {
      // Whoever closes without a sync does not need the file.
      piece.exceptionally(_ -> 0L).join();
    }
    file.close();
  }
}
