package io.kindred.engine.log;

import io.kindred.engine.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the frames of a segment, one after the other. Owned by one thread.
///
/// After [#next] has answered [Step#FRAME], the accessors tell that frame, until the next call.
final class SegmentReader implements AutoCloseable {
  private static final int WINDOW_BYTES = 1 << 20;

  /// What follows in the file.
  enum Step {
    FRAME,
    END,
    DAMAGE
  }

  private final LogSegment segment;
  private final Disk.ReadFile file;
  private final long sizeBytes;
  private final CRC32C checksum = new CRC32C();

  private ByteBuffer window;
  private long windowOffset;

  private long expectedPosition;
  private long endOffset = LogLayout.HEADER_BYTES;
  private long timestampMillis;
  private ByteBuffer payload = allocate(0);
  private @Nullable String damage;

  private SegmentReader(LogSegment segment, Disk.ReadFile file) {
    this.segment = segment;
    this.file = file;
    this.sizeBytes = file.sizeBytes();
    this.window = allocate((int) Math.min(WINDOW_BYTES, sizeBytes)).limit(0);
    this.expectedPosition = segment.firstPosition();
  }

  /// Opens a segment, whose header was checked, at its first frame.
  static SegmentReader open(Disk disk, LogSegment segment) {
    Disk.ReadFile file = disk.open(segment.path());
    try {
      return new SegmentReader(segment, file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  Step next() {
    if (endOffset == sizeBytes) {
      return Step.END;
    }
    damage = damageAt(endOffset, expectedPosition);
    if (damage != null) {
      return Step.DAMAGE;
    }
    ByteBuffer frame = header(endOffset);
    int length = frame.getInt(LogLayout.LENGTH_OFFSET);
    timestampMillis = frame.getLong(LogLayout.TIMESTAMP_OFFSET);
    payload =
        bytes(endOffset + LogLayout.FRAME_HEADER_BYTES, length)
            .asReadOnlyBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    endOffset += LogLayout.frameBytes(length);
    expectedPosition++;
    return Step.FRAME;
  }

  long position() {
    return expectedPosition - 1;
  }

  long timestampMillis() {
    return timestampMillis;
  }

  /// Read-only, little-endian; valid until the next step.
  ByteBuffer payload() {
    return payload;
  }

  /// Where the frames read so far end, and the damage begins if there is any.
  long endOffset() {
    return endOffset;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /// What is wrong at [#endOffset], after [Step#DAMAGE].
  String damage() {
    return damage == null ? "nothing" : damage;
  }

  /// Whether something behind the damage proves that what is damaged was durable once. A frame that
  /// a crash left half written was not yet synced when the frames behind it were written, and they
  /// say so.
  boolean isDamageOfDurableRecord() {
    long lost = expectedPosition;
    long offset = endOffset + LogLayout.ALIGNMENT;
    while (offset + LogLayout.FRAME_HEADER_BYTES <= sizeBytes) {
      ByteBuffer frame = header(offset);
      long position = frame.getLong(LogLayout.POSITION_OFFSET);
      long synced = frame.getLong(LogLayout.SYNCED_OFFSET);
      boolean isLater = position > lost && synced >= lost && synced < position;
      if (isLater && damageAt(offset, position) == null) {
        return true;
      }
      // The length of a damaged frame says nothing, so the next may begin at any multiple of 8.
      offset += LogLayout.ALIGNMENT;
    }
    return false;
  }

  @Override
  public void close() {
    file.close();
  }

  /// What is wrong with the frame at an offset, or null where it is whole and has the position.
  private @Nullable String damageAt(long offset, long position) {
    long left = sizeBytes - offset;
    if (left < LogLayout.FRAME_HEADER_BYTES) {
      return "frame cut after " + left + " bytes";
    }
    ByteBuffer frame = header(offset);
    int length = frame.getInt(LogLayout.LENGTH_OFFSET);
    if (length < 0 || length > LogLayout.PAYLOAD_BYTES_MAX) {
      return "length " + length;
    }
    int frameBytes = LogLayout.frameBytes(length);
    if (frameBytes > left) {
      return "frame of " + frameBytes + " bytes cut after " + left;
    }
    long actualPosition = frame.getLong(LogLayout.POSITION_OFFSET);
    if (actualPosition != position) {
      return "position " + actualPosition + " instead of " + position;
    }
    int expected = frame.getInt(LogLayout.CHECKSUM_OFFSET);
    checksum.reset();
    checksum.update(
        bytes(offset + LogLayout.CHECKED_OFFSET, frameBytes - LogLayout.CHECKED_OFFSET));
    int actual = (int) checksum.getValue();
    return actual == expected ? null : "checksum %08x instead of %08x".formatted(actual, expected);
  }

  private ByteBuffer header(long offset) {
    return bytes(offset, LogLayout.FRAME_HEADER_BYTES);
  }

  /// Bytes of the file that are known to be there; valid until the next call.
  private ByteBuffer bytes(long offset, int count) {
    if (offset < windowOffset || offset + count > windowOffset + window.limit()) {
      fill(offset, count);
    }
    return window.slice((int) (offset - windowOffset), count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void fill(long offset, int count) {
    if (count > window.capacity()) {
      window = allocate(Math.max(count, 2 * window.capacity()));
    }
    window.clear();
    int read = file.read(offset, window);
    window.flip();
    windowOffset = offset;
    if (read < count) {
      throw segment.damaged(offset, "file shortened while it was read", sizeBytes + " bytes");
    }
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
