package io.kindred.stream.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/// Reads the lines of a file that may grow. Owned by one thread.
final class LineReader {
  private static final int CHUNK_BYTES = 256 * 1024;

  private final FileChannel channel;
  private final int lineBytesMax;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private long position;

  /// @param position of the first byte of a line
  /// @param lineBytesMax of a longer line, that many bytes are read and the rest is passed over
  LineReader(FileChannel channel, long position, int lineBytesMax) {
    this.channel = channel;
    this.position = position;
    this.lineBytesMax = lineBytesMax;
  }

  /// A line without its end.
  ///
  /// @param lastByte position of the line's last byte, its end included
  record Line(byte[] bytes, long lastByte) {}

  /// The lines that end within the next chunk; none where there is no more for now.
  List<Line> read() throws IOException {
    List<Line> lines = new ArrayList<>();
    chunk.clear();
    int count = channel.read(chunk, position);
    for (int i = 0; i < count; i++) {
      byte next = chunk.get(i);
      if (next == '\n') {
        lines.add(new Line(take(), position + i));
      } else if (begun.size() < lineBytesMax) {
        begun.write(next);
      }
    }
    position += Math.max(count, 0);
    return lines;
  }

  /// What stands behind the last line end, where the file is known to be at its end.
  List<Line> rest() {
    return begun.size() == 0 ? List.of() : List.of(new Line(take(), position - 1));
  }

  private byte[] take() {
    byte[] line = begun.toByteArray();
    begun.reset();
    boolean endsInReturn = line.length > 0 && line[line.length - 1] == '\r';
    return endsInReturn ? java.util.Arrays.copyOf(line, line.length - 1) : line;
  }

  long position() {
    return position;
  }
}
