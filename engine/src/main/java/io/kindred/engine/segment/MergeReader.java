package io.kindred.engine.segment;

import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Value;
import io.kindred.engine.merge.AgeingFilter;
import io.kindred.engine.merge.MeanState;
import io.kindred.engine.merge.WindowCounts;
import io.kindred.engine.segment.ChangeReader.StoredKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a log record merges into one row, in place, and merges it. Owned by one thread.
public final class MergeReader {
  private static final long MICROS_PER_MILLI = 1_000;

  private final MemorySegment record;
  private final long start;
  private final Schema schema;

  MergeReader(MemorySegment record, long start, Schema schema) {
    this.record = record;
    this.start = start;
    this.schema = schema;
  }

  /// The place in the caller's batch.
  int index() {
    return getInt(start + MergeLayout.INDEX);
  }

  int lengthBytes() {
    return getInt(start + MergeLayout.LENGTH);
  }

  public StoredKey key() {
    return StoredKey.read(record, start + MergeLayout.KEY, keyBytes(), schema);
  }

  /// Milliseconds from the log's time, or 0 where none is given.
  public long timeToLiveMillis() {
    return getLong(start + MergeLayout.TIME_TO_LIVE);
  }

  private long eventTimeMicros() {
    return getLong(start + MergeLayout.EVENT_TIME);
  }

  private int keyBytes() {
    return record.get(ValueLayout.JAVA_SHORT_UNALIGNED, start + MergeLayout.KEY_BYTES);
  }

  private int operationCount() {
    return record.get(ValueLayout.JAVA_SHORT_UNALIGNED, start + MergeLayout.OPERATIONS);
  }

  private long firstOperation() {
    return ChangeReader.aligned(start + MergeLayout.KEY + keyBytes());
  }

  private int kind(long operation) {
    return record.get(ValueLayout.JAVA_SHORT_UNALIGNED, operation + MergeLayout.OPERATION_KIND);
  }

  /// Whether nothing but counts of 0 is merged, for which no row is made.
  public boolean onlyMovesTime() {
    long at = firstOperation();
    for (int i = 0; i < operationCount(); i++) {
      if (kind(at) != MergeLayout.COUNT || getLong(at + MergeLayout.COUNT_AMOUNT) != 0) {
        return false;
      }
      at += getInt(at + MergeLayout.OPERATION_LENGTH);
    }
    return true;
  }

  /// What a merge has done. Immutable.
  ///
  /// @param isApplied whether an operation was applied that was not stale
  /// @param isStale whether an assignment lost against the row's event time
  public record Effect(boolean isApplied, boolean isStale) {}

  /// Merges all operations into a row.
  ///
  /// @throws KindredException why the merge is refused; the draft is then to be reset
  public Effect mergeInto(RowDraft draft) {
    boolean isApplied = false;
    boolean isStale = false;
    long at = firstOperation();
    for (int i = 0; i < operationCount(); i++) {
      if (kind(at) == MergeLayout.ASSIGN && draft.isLaterThan(eventTimeMicros())) {
        isStale = true;
      } else {
        merge(at, draft);
        isApplied = true;
      }
      at += getInt(at + MergeLayout.OPERATION_LENGTH);
    }
    draft.requireSize();
    return new Effect(isApplied, isStale);
  }

  private void merge(long at, RowDraft draft) {
    switch (kind(at)) {
      case MergeLayout.ASSIGN -> {
        RowCursor row = new RowCursor(schema);
        row.moveTo(record, at + MergeLayout.ASSIGN_ROW);
        draft.assign(row);
      }
      case MergeLayout.DECAYED_MEAN -> mergeMean(at, draft);
      case MergeLayout.COUNT -> count(at, draft);
      case MergeLayout.ADD_TO_FILTER -> addToFilter(at, draft);
      default -> throw new IllegalStateException("operation " + kind(at) + " of a merge");
    }
  }

  private void mergeMean(long at, RowDraft draft) {
    int field = getInt(at + MergeLayout.MEAN_FIELD);
    long bytes = schema.vectorSpec(field).sizeBytes();
    long vector = at + MergeLayout.MEAN_VECTOR;
    boolean isUnit = getInt(at + MergeLayout.MEAN_SCALING) != 0;
    MeanState.Merged merged =
        new MeanState.Merged(
            record.asSlice(vector, bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
            eventTimeMicros(),
            record.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + MergeLayout.MEAN_WEIGHT),
            getLong(at + MergeLayout.MEAN_HALF_LIFE) * MICROS_PER_MILLI,
            isUnit,
            isUnit || schema.vectorSpec(field).metric() == Metric.COSINE);
    String name = name(at, vector + bytes);
    Value state = draft.metadata(name);
    MeanState.Mean stored =
        state == null ? null : new MeanState.Mean(draft.vector(field), MeanState.of(name, state));
    MeanState.Mean mean = MeanState.merge(stored, merged);
    draft.setVector(field, mean.vector());
    draft.setMetadata(name, mean.state().toValue());
  }

  private void count(long at, RowDraft draft) {
    int windowCount = getInt(at + MergeLayout.COUNT_WINDOWS);
    int[] fields = new int[windowCount];
    List<WindowCounts.Declared> windows = new ArrayList<>(windowCount);
    long window = at + MergeLayout.COUNT_FIRST;
    for (int i = 0; i < windowCount; i++) {
      fields[i] = getInt(window + MergeLayout.WINDOW_FIELD);
      windows.add(
          new WindowCounts.Declared(
              schema.fieldName(fields[i]), getLong(window + MergeLayout.WINDOW_SECONDS)));
      window += MergeLayout.WINDOW_BYTES;
    }
    String name = name(at, window);
    WindowCounts.Counted counted =
        new WindowCounts.Counted(name, eventTimeMicros(), getLong(at + MergeLayout.COUNT_AMOUNT));
    Value state = draft.metadata(name);
    WindowCounts stored = state == null ? null : WindowCounts.of(name, state);
    WindowCounts counts = WindowCounts.add(stored, windows, counted);
    long[] values = counts.values();
    for (int i = 0; i < windowCount; i++) {
      draft.setField(fields[i], values[i]);
    }
    draft.setMetadata(name, counts.toValue());
  }

  private void addToFilter(long at, RowDraft draft) {
    String name = name(at, at + MergeLayout.FILTER_NAME);
    int hashes = getInt(at + MergeLayout.FILTER_HASHES);
    int bits = Math.toIntExact(getLong(at + MergeLayout.FILTER_BITS));
    AgeingFilter filter = stored(draft.metadata(name), name);
    if (filter == null || filter.current().bits() != bits || filter.current().hashes() != hashes) {
      filter = AgeingFilter.empty(hashes, bits);
    }
    AgeingFilter after =
        filter.with(
            getLong(at + MergeLayout.FILTER_KEY_HASH), getInt(at + MergeLayout.FILTER_CAPACITY));
    draft.setMetadata(name, after.toValue());
  }

  private static @Nullable AgeingFilter stored(@Nullable Value state, String name) {
    return state == null ? null : AgeingFilter.of(name, state);
  }

  private String name(long operation, long nameAt) {
    int length = record.get(ValueLayout.JAVA_SHORT_UNALIGNED, operation + MergeLayout.NAME_BYTES);
    byte[] bytes = record.asSlice(nameAt, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private int getInt(long at) {
    return record.get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  private long getLong(long at) {
    return record.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }
}
