package io.kindred.engine.disk;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A canary: a disk that keeps the last bytes appended to a log file to itself until the next ones
/// come, and says that it has synced them. Thread-safe.
public final class HoldingDisk extends ForwardingDisk {
  public HoldingDisk(Disk disk) {
    super(disk);
  }

  @Override
  public AppendFile append(Path file, long lengthBytes) {
    AppendFile target = super.append(file, lengthBytes);
    return file.toString().endsWith(".log") ? new Holding(target) : target;
  }

  /// Owned by one thread.
  private static final class Holding implements AppendFile {
    private final AppendFile target;
    private ByteBuffer held = ByteBuffer.allocate(0);

    Holding(AppendFile target) {
      this.target = target;
    }

    @Override
    public Path path() {
      return target.path();
    }

    @Override
    public long lengthBytes() {
      return target.lengthBytes() + held.remaining();
    }

    @Override
    public void append(ByteBuffer... buffers) {
      target.append(held);
      int bytes = 0;
      for (ByteBuffer buffer : buffers) {
        bytes += buffer.remaining();
      }
      held = ByteBuffer.allocate(bytes);
      for (ByteBuffer buffer : buffers) {
        held.put(buffer);
      }
      held.flip();
    }

    @Override
    public void sync() {
      target.sync();
    }

    @Override
    public void close() {
      target.append(held);
      target.close();
    }
  }
}
