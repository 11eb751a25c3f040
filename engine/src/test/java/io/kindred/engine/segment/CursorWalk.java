package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Value;
import io.kindred.engine.filter.RowFields;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Looks at every part of a value through a cursor. Owned by one thread.
final class CursorWalk {
  private static final byte[] PROBE =
      "probe, longer than eight bytes".getBytes(StandardCharsets.UTF_8);

  private final ValueCursor cursor;

  CursorWalk(MemorySegment segment) {
    cursor = new ValueCursor(segment);
  }

  void assertSees(long at, Value value) {
    switch (value) {
      case Value.Null _ -> assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.NULL);
      case Value.Bool(boolean bool) -> {
        assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.BOOL);
        assertThat(cursor.bool(at)).isEqualTo(bool);
      }
      case Value.Int64(long number) -> {
        assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.INT64);
        assertThat(cursor.int64(at)).isEqualTo(number);
      }
      case Value.Float64(double number) -> {
        assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.FLOAT64);
        assertThat(cursor.float64(at)).isEqualTo(number);
      }
      case Value.Text(String text) -> {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.TEXT);
        assertThat(cursor.equalsText(at, utf8)).isTrue();
        assertThat(cursor.compareText(at, utf8)).isZero();
        assertThat(cursor.textLength(at)).isEqualTo(utf8.length);
        assertThat(cursor.nextItem(at)).isEqualTo(cursor.textStart(at) + utf8.length);
      }
      case Value.Timestamp(long micros) -> {
        assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.TIMESTAMP);
        assertThat(cursor.int64(at)).isEqualTo(micros);
      }
      case Value.Array(List<Value> items) -> assertSeesItems(at, items);
      case Value.Entries(Map<String, Value> values) -> assertSeesEntries(at, values);
    }
  }

  /// Calls whatever a filter may call on a value of this kind, and goes into lists.
  void visit(long at) {
    switch (cursor.kind(at)) {
      case NULL -> {}
      case BOOL -> cursor.bool(at);
      case INT64, TIMESTAMP -> cursor.int64(at);
      case FLOAT64 -> cursor.float64(at);
      case TEXT -> {
        cursor.equalsText(at, PROBE);
        cursor.compareText(at, PROBE);
      }
      case ARRAY -> {
        int count = cursor.itemCount(at);
        long item = count == 0 ? RowFields.ABSENT : cursor.firstItem(at);
        for (int i = 0; i < count; i++) {
          visit(item);
          item = cursor.nextItem(item);
        }
      }
      case ENTRIES -> cursor.entry(at, PROBE);
    }
  }

  private void assertSeesItems(long at, List<Value> items) {
    assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.ARRAY);
    assertThat(cursor.itemCount(at)).isEqualTo(items.size());
    long item = items.isEmpty() ? RowFields.ABSENT : cursor.firstItem(at);
    for (Value value : items) {
      assertSees(item, value);
      item = cursor.nextItem(item);
    }
  }

  private void assertSeesEntries(long at, Map<String, Value> values) {
    assertThat(cursor.kind(at)).isEqualTo(RowFields.Kind.ENTRIES);
    assertThat(cursor.entry(at, PROBE)).isEqualTo(RowFields.ABSENT);
    values.forEach(
        (name, value) ->
            assertSees(cursor.entry(at, name.getBytes(StandardCharsets.UTF_8)), value));
  }
}
