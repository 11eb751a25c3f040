package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The binary form of a [Value]: a tag byte and what it calls for, as `docs/formats/value.md`
/// shows. It describes itself, and every value can be skipped without looking into it. Equal values
/// in equal order have equal bytes.
///
/// Reading refuses damaged bytes with `CORRUPT`, or takes them for another value: telling the two
/// apart is the task of the checksum around them. It never reads outside the segment, and takes
/// time and memory in proportion to it. Malformed UTF-8 reads as U+FFFD. Stateless.
public final class ValueCodec {
  static final byte NULL = 0;
  static final byte FALSE = 1;
  static final byte TRUE = 2;
  static final byte INT64 = 3;
  static final byte FLOAT64 = 4;
  static final byte TEXT = 5;
  static final byte TIMESTAMP = 6;
  static final byte ARRAY = 7;
  static final byte ENTRIES = 8;

  // A damaged count must not reserve memory for items that are not there.
  private static final int ITEMS_RESERVED_MAX = 1024;

  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ValueCodec() {}

  /// Writes the value. Refused with `INVALID_ARGUMENT`: a number that is not finite, text with an
  /// unpaired surrogate, nesting beyond `Limits.VALUE_DEPTH_MAX`. A refused value leaves nothing in
  /// the writer, nor does one that the writer has no room for.
  ///
  /// @param place what errors call the value; an item within it is `place.name` or `place[3]`
  public static void write(ByteWriter out, String place, Value value) {
    int start = out.position();
    try {
      write(out, new Path(null, place, 0), value);
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  /// The value at this offset.
  public static Value read(MemorySegment segment, long offset) {
    try {
      return new Reading(segment, offset).value(0);
    } catch (IndexOutOfBoundsException e) {
      throw cutOff(offset, e);
    }
  }

  /// The value at this index of a buffer, as `write` put it into a [ByteWriter].
  public static Value read(ByteBuffer buffer, int index) {
    return read(MemorySegment.ofBuffer(buffer.slice(0, buffer.limit())), index);
  }

  /// The offset behind the value at this one.
  public static long skip(MemorySegment segment, long offset) {
    try {
      long end = end(segment, offset);
      if (end > segment.byteSize()) {
        throw new IndexOutOfBoundsException(end);
      }
      return end;
    } catch (IndexOutOfBoundsException e) {
      throw cutOff(offset, e);
    }
  }

  /// As [#skip], without the check that the value's last byte is in the segment.
  static long end(MemorySegment segment, long offset) {
    byte tag = segment.get(ValueLayout.JAVA_BYTE, offset);
    long content = offset + 1;
    return switch (tag) {
      case NULL, FALSE, TRUE -> content;
      case INT64 -> content + Varint.byteCount(Varint.read(segment, content));
      case FLOAT64, TIMESTAMP -> content + Long.BYTES;
      case TEXT, ARRAY, ENTRIES -> {
        int length = Varint.readLength(segment, content);
        yield content + Varint.byteCount(length) + length;
      }
      default -> throw unknownTag(tag, offset);
    };
  }

  static KindredException unknownTag(byte tag, long offset) {
    return KindredException.of(
        ErrorCode.CORRUPT, "value", "tag " + tag + " at " + offset, "a tag from 0 to " + ENTRIES);
  }

  private static void write(ByteWriter out, Path path, Value value) {
    switch (value) {
      case Value.Null _ -> out.putByte(NULL);
      case Value.Bool bool -> out.putByte(bool.value() ? TRUE : FALSE);
      case Value.Int64 int64 -> {
        out.putByte(INT64);
        out.putVarint((int64.value() << 1) ^ (int64.value() >> 63));
      }
      case Value.Float64 float64 -> {
        if (!Double.isFinite(float64.value())) {
          throw invalid(path, float64.value(), "a finite number");
        }
        out.putByte(FLOAT64);
        out.putDouble(float64.value());
      }
      case Value.Text text -> {
        out.putByte(TEXT);
        writeText(out, path, text.value());
      }
      case Value.Timestamp timestamp -> {
        out.putByte(TIMESTAMP);
        out.putLong(timestamp.epochMicros());
      }
      case Value.Array array -> writeArray(out, path, array.items());
      case Value.Entries entries -> writeEntries(out, path, entries.values());
    }
  }

  private static void writeArray(ByteWriter out, Path path, List<Value> items) {
    requireDepth(path);
    out.putByte(ARRAY);
    int start = out.position();
    out.putVarint(items.size());
    for (int i = 0; i < items.size(); i++) {
      write(out, new Path(path, "[" + i + "]", path.depth() + 1), items.get(i));
    }
    out.putVarintLengthAt(start);
  }

  private static void writeEntries(ByteWriter out, Path path, Map<String, Value> values) {
    requireDepth(path);
    out.putByte(ENTRIES);
    int start = out.position();
    out.putVarint(values.size());
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      Path entryPath = new Path(path, entry.getKey(), path.depth() + 1);
      writeText(out, entryPath, entry.getKey());
      write(out, entryPath, entry.getValue());
    }
    out.putVarintLengthAt(start);
  }

  private static void writeText(ByteWriter out, Path path, String text) {
    int length = Utf8.byteCount(text);
    if (length < 0) {
      throw invalid(path, "text with an unpaired surrogate", "well-formed Unicode text");
    }
    out.putVarint(length);
    out.putUtf8(text, length);
  }

  private static void requireDepth(Path path) {
    if (path.depth() >= Limits.VALUE_DEPTH_MAX) {
      throw invalid(
          path,
          "nesting of " + (path.depth() + 1) + " levels",
          "at most " + Limits.VALUE_DEPTH_MAX);
    }
  }

  private static KindredException invalid(Path path, Object value, String expectation) {
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, path.text(), value, expectation);
  }

  private static KindredException cutOff(long offset, IndexOutOfBoundsException cause) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "value: cut off, starting at " + offset + " (expected: all of its bytes)",
        cause);
  }

  /// Where a value stands within the whole, for errors; the text is made only for one. Immutable.
  private record Path(@Nullable Path parent, String step, int depth) {
    String text() {
      if (parent == null) {
        return step;
      }
      return parent.text() + (step.startsWith("[") ? "" : ".") + step;
    }
  }

  /// One pass over encoded bytes. Owned by one thread.
  private static final class Reading {
    private final MemorySegment segment;
    private long offset;

    Reading(MemorySegment segment, long offset) {
      this.segment = segment;
      this.offset = offset;
    }

    Value value(int depth) {
      byte tag = segment.get(ValueLayout.JAVA_BYTE, offset++);
      return switch (tag) {
        case NULL -> Value.Null.NULL;
        case FALSE -> new Value.Bool(false);
        case TRUE -> new Value.Bool(true);
        case INT64 -> new Value.Int64(zigzag());
        case FLOAT64 -> new Value.Float64(float64());
        case TEXT -> new Value.Text(text());
        case TIMESTAMP -> new Value.Timestamp(int64());
        case ARRAY -> array(depth);
        case ENTRIES -> entries(depth);
        default -> throw unknownTag(tag, offset - 1);
      };
    }

    private long zigzag() {
      long encoded = Varint.read(segment, offset);
      offset += Varint.byteCount(encoded);
      return (encoded >>> 1) ^ -(encoded & 1);
    }

    private long int64() {
      long value = segment.get(LONG, offset);
      offset += Long.BYTES;
      return value;
    }

    private double float64() {
      double value = segment.get(DOUBLE, offset);
      offset += Double.BYTES;
      if (!Double.isFinite(value)) {
        throw corrupt(value + "", "a finite number");
      }
      return value;
    }

    private String text() {
      int length = length();
      if (length > segment.byteSize() - offset) {
        throw corrupt(length + " bytes of text", "at most " + (segment.byteSize() - offset));
      }
      byte[] utf8 = new byte[length];
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, utf8, 0, length);
      offset += length;
      return new String(utf8, StandardCharsets.UTF_8);
    }

    private Value array(int depth) {
      long end = containerEnd(depth);
      int count = length();
      List<Value> items = new ArrayList<>(Math.min(count, ITEMS_RESERVED_MAX));
      for (int i = 0; i < count; i++) {
        items.add(value(depth + 1));
      }
      requireEnd(end);
      return new Value.Array(items);
    }

    private Value entries(int depth) {
      long end = containerEnd(depth);
      int count = length();
      Map<String, Value> values =
          LinkedHashMap.newLinkedHashMap(Math.min(count, ITEMS_RESERVED_MAX));
      for (int i = 0; i < count; i++) {
        String name = text();
        if (values.put(name, value(depth + 1)) != null) {
          throw corrupt("two entries named " + name, "different names");
        }
      }
      requireEnd(end);
      return new Value.Entries(values);
    }

    private int length() {
      int length = Varint.readLength(segment, offset);
      offset += Varint.byteCount(length);
      return length;
    }

    private long containerEnd(int depth) {
      if (depth >= Limits.VALUE_DEPTH_MAX) {
        throw corrupt("nesting of " + (depth + 1) + " levels", "at most " + Limits.VALUE_DEPTH_MAX);
      }
      int length = length();
      return offset + length;
    }

    private void requireEnd(long end) {
      if (offset != end) {
        throw corrupt("content that ends at " + offset, "an end at " + end);
      }
    }

    private KindredException corrupt(String found, String expectation) {
      return KindredException.of(
          ErrorCode.CORRUPT, "value", found + ", near " + offset, expectation);
    }
  }
}
