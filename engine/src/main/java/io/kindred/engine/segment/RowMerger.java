package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes the image of a row after a partial update. Owned by the applying thread; the image it
/// returns is valid until the next one.
public final class RowMerger {
  private final Schema schema;
  private final ByteWriter out = new ByteWriter("row", Limits.ROW_BYTES_MAX + 64);

  public RowMerger(Schema schema) {
    this.schema = schema;
  }

  /// @param stored the row as it is
  /// @param update its parts to change, in the form `UPDATE`
  /// @throws KindredException `TOO_LARGE` where the result exceeds a row's or the metadata's limit
  public MemorySegment merge(RowCursor stored, RowCursor update) {
    out.reset();
    boolean hasEventTime = update.hasEventTime() || stored.hasEventTime();
    int flags = hasEventTime ? RowLayout.HAS_EVENT_TIME : 0;
    out.putInt(0);
    out.putInt(flags | stored.keyBytes() << Short.SIZE);
    out.putLong(0);
    out.putLong(update.hasEventTime() ? update.eventTimeMicros() : stored.eventTimeMicros());
    out.putLong(0);
    out.putInt(stored.vectorBits() | update.vectorBits());
    out.putInt(0);
    for (int i = 0; i < schema.fieldCount(); i++) {
      out.putInt(0);
    }
    copy(stored, stored.keyStart(), stored.keyBytes());
    for (int i = 0; i < schema.fieldCount(); i++) {
      mergeField(i, stored, update);
    }
    mergeMetadata(stored, update);
    out.alignTo(RowLayout.ALIGNMENT);
    if (out.position() > Limits.ROW_BYTES_MAX) {
      throw tooLarge("row", out.position(), Limits.ROW_BYTES_MAX);
    }
    out.patchInt(RowLayout.LENGTH, out.position());
    return MemorySegment.ofBuffer(out.asBuffer());
  }

  private void mergeField(int field, RowCursor stored, RowCursor update) {
    long changed = update.field(field);
    RowCursor source = changed == RowCursor.ABSENT ? stored : update;
    long value = changed == RowCursor.ABSENT ? stored.field(field) : changed;
    if (value == RowCursor.ABSENT || source.kind(value) == RowCursor.Kind.NULL) {
      return;
    }
    out.patchInt(RowLayout.fieldOffset(field), out.position());
    copy(source, value, (int) (ValueCodec.skip(source.segment(), value) - value));
  }

  private void mergeMetadata(RowCursor stored, RowCursor update) {
    Map<String, Value> entries = new LinkedHashMap<>(stored.metadataEntries());
    for (Map.Entry<String, Value> change : update.metadataEntries().entrySet()) {
      if (change.getValue() == Value.Null.NULL) {
        entries.remove(change.getKey());
      } else {
        entries.put(change.getKey(), change.getValue());
      }
    }
    if (entries.isEmpty()) {
      return;
    }
    int start = out.position();
    out.patchInt(RowLayout.METADATA, start);
    ValueCodec.write(out, "metadata", new Value.Entries(entries));
    if (out.position() - start > Limits.METADATA_BYTES_MAX) {
      throw tooLarge("metadata", out.position() - start, Limits.METADATA_BYTES_MAX);
    }
  }

  private void copy(RowCursor source, long offset, int length) {
    out.putBytes(source.segment().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private static KindredException tooLarge(String what, int bytes, int bytesMax) {
    return KindredException.of(ErrorCode.TOO_LARGE, what, bytes + " bytes", "at most " + bytesMax);
  }
}
