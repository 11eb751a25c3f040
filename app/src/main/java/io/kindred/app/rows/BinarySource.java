package io.kindred.app.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A file of little-endian numbers, read once from its start through a buffer of fixed size. Owned
/// by one thread.
final class BinarySource implements AutoCloseable {
  /// Holds the longest row (8,192 float64) several times.
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final long sizeBytes;
  private final ByteBuffer buffer;
  private long readBytes;

  private BinarySource(FileChannel channel, long sizeBytes) {
    this.channel = channel;
    this.sizeBytes = sizeBytes;
    this.buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.flip();
  }

  static BinarySource open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    return new BinarySource(channel, channel.size());
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /// Bytes consumed so far.
  long position() {
    return readBytes - buffer.remaining();
  }

  /// Makes bytes available in the buffer, as many as there are up to the wanted number.
  ///
  /// @param wanted at most 1 MiB
  /// @return how many of the wanted bytes there are
  int require(int wanted) throws IOException {
    if (buffer.remaining() < wanted) {
      buffer.compact();
      boolean isAtEnd = false;
      while (!isAtEnd && buffer.position() < wanted) {
        int count = channel.read(buffer);
        isAtEnd = count < 0;
        readBytes += Math.max(0, count);
      }
      buffer.flip();
    }
    return Math.min(wanted, buffer.remaining());
  }

  /// The buffer; what [#require] promised is behind its position.
  ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
