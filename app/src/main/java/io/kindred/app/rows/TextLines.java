package io.kindred.app.rows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The lines of a UTF-8 text, none of which takes more than 4 MiB of memory. Owned by one thread.
///
/// A line ends with LF or CRLF; a byte order mark at the front is skipped. The current line's bytes
/// are valid until the next call of [#next].
final class TextLines implements AutoCloseable {
  static final int LINE_BYTES_MAX = 4 << 20;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream input;
  private byte[] buffer = new byte[64 * 1024];
  private int start;
  private int end;
  private boolean isAtEnd;
  private long consumedBytes;

  private long number;
  private int lineStart;
  private int lineLength;
  private boolean isTooLong;

  TextLines(InputStream input) {
    this.input = input;
  }

  /// Moves to the next line; false behind the last one.
  boolean next() throws IOException {
    isTooLong = false;
    int scanned = 0;
    while (true) {
      int newline = indexOfNewline(start + scanned);
      if (newline >= 0) {
        take(newline, newline + 1);
        return true;
      }
      scanned = end - start;
      if (isAtEnd) {
        if (scanned == 0 && !isTooLong) {
          return false;
        }
        take(end, end);
        return true;
      }
      if (scanned >= LINE_BYTES_MAX) {
        isTooLong = true;
        consumedBytes += scanned;
        start = end;
        scanned = 0;
      }
      fill();
    }
  }

  private int indexOfNewline(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void take(int lineEnd, int nextStart) {
    number++;
    lineStart = start;
    lineLength = lineEnd - start;
    if (lineLength > 0 && buffer[lineEnd - 1] == '\r') {
      lineLength--;
    }
    if (number == 1 && startsWithByteOrderMark()) {
      lineStart += BYTE_ORDER_MARK.length;
      lineLength -= BYTE_ORDER_MARK.length;
    }
    consumedBytes += nextStart - start;
    start = nextStart;
  }

  private boolean startsWithByteOrderMark() {
    int mark = BYTE_ORDER_MARK.length;
    return lineLength >= mark
        && Arrays.equals(buffer, lineStart, lineStart + mark, BYTE_ORDER_MARK, 0, mark);
  }

  private void fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = input.read(buffer, end, buffer.length - end);
    if (count < 0) {
      isAtEnd = true;
    } else {
      end += count;
    }
  }

  /// The current line's number, from 1.
  long number() {
    return number;
  }

  /// Whether the current line is longer than 4 MiB; its text is then not whole.
  boolean isTooLong() {
    return isTooLong;
  }

  boolean isBlank() {
    for (int i = 0; i < lineLength; i++) {
      if (!Character.isWhitespace(buffer[lineStart + i])) {
        return false;
      }
    }
    return !isTooLong;
  }

  byte[] buffer() {
    return buffer;
  }

  int offset() {
    return lineStart;
  }

  int length() {
    return lineLength;
  }

  /// The current line as text.
  ///
  /// @throws CharacterCodingException where it is not UTF-8
  String text() throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(buffer, lineStart, lineLength))
        .toString();
  }

  /// Bytes up to the end of the current line.
  long consumedBytes() {
    return consumedBytes;
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
