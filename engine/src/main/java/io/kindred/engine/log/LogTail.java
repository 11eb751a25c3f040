package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of the log that grows: encodes, writes and syncs batches. Owned by the writer thread.
///
/// Frames that were written but not yet synced stay in memory. Once a sync has failed, nobody knows
/// which of them the device has, and a second sync that succeeds proves nothing (the system may
/// have dropped the pages). So the file is given up, and a new segment is begun that holds those
/// frames again.
final class LogTail implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogTail.class);

  /// Frames in memory: those not yet synced and those of the next batch.
  static final int BUFFER_BYTES = 8 << 20;

  private final Disk disk;
  private final Path directory;
  private final long logId;
  private final LogSegments segments;
  private final long segmentBytesMax;
  private final InstantSource clock;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C checksum = new CRC32C();

  /// Null while the disk refuses: then a new segment has to be begun first.
  private Disk.@Nullable AppendFile file;

  private Path path;
  private long lengthBytes;
  private int unsyncedBytes;
  private long lastPosition;
  private long syncedPosition;
  private long lastTimestampMillis;

  LogTail(
      Disk disk,
      Path directory,
      LogSegments segments,
      LogRecovery.End end,
      LocalLog.Options options) {
    this.disk = disk;
    this.directory = directory;
    this.logId = end.logId();
    this.segments = segments;
    this.segmentBytesMax = options.segmentBytes();
    this.clock = options.clock();
    this.path = end.lastSegment().path();
    this.lengthBytes = end.endOffset();
    this.lastPosition = end.lastPosition();
    this.syncedPosition = end.lastPosition();
    this.lastTimestampMillis = end.lastTimestampMillis();
    this.file = LogRecovery.openEnd(disk, end);
  }

  /// The newest record that was written, perhaps not yet synced.
  long lastPosition() {
    return lastPosition;
  }

  boolean hasUnsynced() {
    return syncedPosition < lastPosition;
  }

  /// Bytes of frames that can be written as one.
  int roomBytes() {
    return BUFFER_BYTES - unsyncedBytes;
  }

  /// Writes a batch, and syncs it where it asks for that. On failure nothing of it is in the log.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE`; the next batch may succeed
  void write(Batch batch) {
    if (batch.frameBytes() > roomBytes()) {
      sync();
    }
    Disk.AppendFile target = fileFor(batch.frameBytes());
    long timestamp = Math.max(lastTimestampMillis, clock.millis());
    batch.place(lastPosition + 1, timestamp);
    boolean isLarge = batch.frameBytes() > BUFFER_BYTES;
    try {
      if (isLarge) {
        appendLarge(target, batch);
      } else {
        appendFrames(target, batch);
      }
    } catch (KindredException e) {
      throw afterFailedWrite(target, e);
    }
    // Large frames are not kept in memory, so they cannot wait for a later sync.
    if (batch.isSynced() || isLarge) {
      syncWith(target);
    }
    lengthBytes += batch.frameBytes();
    segments.setLastSize(lengthBytes);
    lastPosition += batch.records().size();
    lastTimestampMillis = timestamp;
    if (batch.isSynced() || isLarge) {
      markSynced();
    } else {
      unsyncedBytes = buffer.position();
    }
  }

  /// Syncs what was written.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE`; what was written is kept and synced later
  void sync() {
    if (!hasUnsynced()) {
      return;
    }
    Disk.AppendFile target = file;
    if (target == null) {
      beginSegment();
    } else {
      syncWith(target);
      markSynced();
    }
  }

  @Override
  public void close() {
    Disk.AppendFile target = file;
    file = null;
    if (target != null) {
      target.close();
    }
  }

  /// The file to append to, after the repair or the rotation that is due.
  private Disk.AppendFile fileFor(long bytes) {
    Disk.AppendFile current = file;
    if (current == null) {
      return beginSegment();
    }
    if (lengthBytes > LogLayout.HEADER_BYTES && lengthBytes + bytes > segmentBytesMax) {
      sync();
      return beginSegment();
    }
    return current;
  }

  /// Begins a segment behind the last synced record, with the frames that are not yet synced. It
  /// appears as one step; what the segment before holds beyond its beginning no longer counts.
  private Disk.AppendFile beginSegment() {
    giveUp();
    LogSegment next = LogSegment.of(directory, syncedPosition + 1);
    ByteBuffer header =
        LogSegment.encode(new LogSegment.Header(logId, next.firstPosition(), lastTimestampMillis));
    ByteBuffer content = ByteBuffer.allocate(LogLayout.HEADER_BYTES + unsyncedBytes);
    content.put(header).put(buffer.slice(0, unsyncedBytes)).flip();
    disk.replace(next.path(), content);
    Disk.AppendFile begun = disk.append(next.path(), content.limit());
    segments.add(next, content.limit());
    file = begun;
    path = next.path();
    lengthBytes = content.limit();
    markSynced();
    LOGGER.info("log segment begun file={}", path);
    return begun;
  }

  private void markSynced() {
    syncedPosition = lastPosition;
    unsyncedBytes = 0;
    buffer.clear();
  }

  private void syncWith(Disk.AppendFile target) {
    try {
      target.sync();
    } catch (KindredException e) {
      throw afterFailedSync(e);
    }
  }

  private KindredException afterFailedWrite(Disk.AppendFile target, KindredException cause) {
    try {
      target.close();
      file = null;
      // Synced, so that no crash brings back a record that was reported as not stored.
      Disk.AppendFile cut = disk.append(path, lengthBytes);
      file = cut;
      cut.sync();
      markSynced();
      return notStored(cause);
    } catch (KindredException e) {
      cause.addSuppressed(e);
      giveUp();
      return unknown(cause);
    } finally {
      buffer.position(unsyncedBytes);
    }
  }

  private KindredException afterFailedSync(KindredException cause) {
    giveUp();
    buffer.position(unsyncedBytes);
    try (Disk.AppendFile cut = disk.append(path, lengthBytes)) {
      cut.sync();
      return notStored(cause);
    } catch (KindredException e) {
      cause.addSuppressed(e);
      return unknown(cause);
    }
  }

  /// Lets go of the file. The next batch begins a new segment.
  private void giveUp() {
    try {
      close();
    } catch (KindredException e) {
      LOGGER.warn("log segment not closed; its frames are synced or kept file={}", path, e);
    }
  }

  private static KindredException notStored(KindredException cause) {
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE, cause.getMessage() + "; not stored, try again", cause);
  }

  private static KindredException unknown(KindredException cause) {
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE,
        cause.getMessage() + "; a restart shows whether it was stored",
        cause);
  }

  private void appendFrames(Disk.AppendFile target, Batch batch) {
    long position = batch.firstPosition();
    for (Batch.Pending pending : batch.records()) {
      int start = buffer.position();
      putHeader(position++, batch.timestampMillis(), pending.payload().remaining());
      buffer.put(pending.payload().duplicate());
      while (buffer.position() % LogLayout.ALIGNMENT != 0) {
        buffer.put((byte) 0);
      }
      int checkedBytes = buffer.position() - start - LogLayout.CHECKED_OFFSET;
      checksum.reset();
      checksum.update(buffer.slice(start + LogLayout.CHECKED_OFFSET, checkedBytes));
      buffer.putInt(start + LogLayout.CHECKSUM_OFFSET, (int) checksum.getValue());
    }
    target.append(buffer.slice(unsyncedBytes, buffer.position() - unsyncedBytes));
  }

  /// Writes a frame that is larger than the buffer, piece by piece.
  private void appendLarge(Disk.AppendFile target, Batch batch) {
    assert batch.records().size() == 1 && unsyncedBytes == 0;
    ByteBuffer payload = batch.records().getFirst().payload().duplicate();
    int fill =
        LogLayout.frameBytes(payload.remaining())
            - LogLayout.FRAME_HEADER_BYTES
            - payload.remaining();
    putHeader(batch.firstPosition(), batch.timestampMillis(), payload.remaining());
    checksum.reset();
    checksum.update(
        buffer.slice(
            LogLayout.CHECKED_OFFSET, LogLayout.FRAME_HEADER_BYTES - LogLayout.CHECKED_OFFSET));
    checksum.update(payload.duplicate());
    checksum.update(new byte[fill]);
    buffer.putInt(LogLayout.CHECKSUM_OFFSET, (int) checksum.getValue());
    while (payload.hasRemaining()) {
      int count = Math.min(buffer.remaining(), payload.remaining());
      buffer.put(payload.slice(payload.position(), count));
      payload.position(payload.position() + count);
      target.append(buffer.flip());
      buffer.clear();
    }
    target.append(ByteBuffer.allocate(fill));
  }

  private void putHeader(long position, long timestamp, int payloadBytes) {
    buffer.putInt(0).putInt(payloadBytes).putLong(position).putLong(timestamp);
    buffer.putLong(syncedPosition);
  }
}
