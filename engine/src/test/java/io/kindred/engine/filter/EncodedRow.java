package io.kindred.engine.filter;

import io.kindred.engine.Value;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import io.kindred.engine.segment.ValueCursor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A row in its binary form, as a filter meets it in a shard. Owned by one thread.
final class EncodedRow implements RowFields {
  private final long[] fields;
  private final long metadata;
  private final ValueCursor cursor;

  /// @param names the table's declared fields, in order
  EncodedRow(List<String> names, Map<String, Value> fields, Map<String, Value> metadata) {
    ByteWriter out = new ByteWriter("row", 1 << 20);
    out.putInt(0); // so that no value lies at 0
    this.fields = new long[names.size()];
    Arrays.fill(this.fields, ABSENT);
    for (int i = 0; i < names.size(); i++) {
      Value value = fields.get(names.get(i));
      if (value != null) {
        this.fields[i] = out.position();
        ValueCodec.write(out, names.get(i), value);
      }
    }
    this.metadata = metadata.isEmpty() ? ABSENT : out.position();
    if (!metadata.isEmpty()) {
      ValueCodec.write(out, "metadata", new Value.Entries(metadata));
    }
    cursor = new ValueCursor(MemorySegment.ofArray(out.toByteArray()));
  }

  @Override
  public long field(int index) {
    return fields[index];
  }

  @Override
  public long metadata() {
    return metadata;
  }

  @Override
  public long entry(long object, byte[] name) {
    return cursor.entry(object, name);
  }

  @Override
  public Kind kind(long value) {
    return cursor.kind(value);
  }

  @Override
  public boolean bool(long value) {
    return cursor.bool(value);
  }

  @Override
  public long int64(long value) {
    return cursor.int64(value);
  }

  @Override
  public double float64(long value) {
    return cursor.float64(value);
  }

  @Override
  public int compareText(long value, byte[] utf8) {
    return cursor.compareText(value, utf8);
  }

  @Override
  public boolean equalsText(long value, byte[] utf8) {
    return cursor.equalsText(value, utf8);
  }

  @Override
  public int itemCount(long array) {
    return cursor.itemCount(array);
  }

  @Override
  public long firstItem(long array) {
    return cursor.firstItem(array);
  }

  @Override
  public long nextItem(long item) {
    return cursor.nextItem(item);
  }
}
