package io.kindred.engine.segment;

import io.kindred.engine.CountWindow;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.merge.AgeingFilter;
import io.kindred.engine.merge.EventTimes;
import io.kindred.engine.merge.WindowCounts;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.regex.Pattern;

/// Checks what is merged into rows against a schema, and writes it in the form that the log
/// carries: see [MergeLayout]. Owned by one thread.
final class MergeEncoder {
  private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final double WEIGHT_MIN = 1e-6;
  private static final double WEIGHT_MAX = 1e6;
  private static final double ERROR_RATE_MIN = 1e-6;
  private static final double ERROR_RATE_MAX = 0.5;
  private static final Duration HALF_LIFE_MIN = Duration.ofSeconds(1);
  private static final Duration HALF_LIFE_MAX = Duration.ofDays(36_500);

  private final Schema schema;
  private final RowEncoder updates;

  MergeEncoder(Schema schema) {
    this.schema = schema;
    this.updates = new RowEncoder(schema, RowEncoder.Form.UPDATE);
  }

  /// Appends one row's merge; leaves nothing in the writer where it is refused.
  ///
  /// @throws KindredException naming the value, the expectation, and the field
  void encode(int index, RowMerge merge, ByteWriter out) {
    int start = out.position();
    try {
      write(index, merge, out, start);
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  private void write(int index, RowMerge merge, ByteWriter out, int start) {
    int count = merge.operations().size();
    if (count < 1 || count > Limits.MERGE_OPERATIONS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "operations", count, "1 to " + Limits.MERGE_OPERATIONS_MAX);
    }
    MergeClashes.require(merge.operations());
    out.putInt(index);
    out.putInt(0);
    out.putLong(eventTime(merge));
    out.putLong(updates.timeToLiveMillis(merge.timeToLive()));
    out.putShort(0);
    out.putShort(count);
    out.putInt(0);
    out.patchShort(
        start + MergeLayout.KEY_BYTES, RowEncoder.putKey(merge.key(), schema, out, start));
    out.alignTo(Long.BYTES);
    for (MergeOperation operation : merge.operations()) {
      int at = out.position();
      write(operation, merge, out, at);
      out.alignTo(Long.BYTES);
      out.patchInt(at + MergeLayout.OPERATION_LENGTH, out.position() - at);
    }
    out.patchInt(start + MergeLayout.LENGTH, out.position() - start);
  }

  private static long eventTime(RowMerge merge) {
    long micros = RowEncoder.micros(merge.eventTime(), "event_time");
    if (!EventTimes.isValid(micros)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "event_time", merge.eventTime(), "a year from 1 to 9999");
    }
    return micros;
  }

  private void write(MergeOperation operation, RowMerge merge, ByteWriter out, int at) {
    switch (operation) {
      case MergeOperation.Assign assign -> {
        writeHead(out, MergeLayout.ASSIGN);
        updates.encode(
            new Row(
                merge.key(),
                assign.vectors(),
                assign.fields(),
                assign.metadata(),
                merge.eventTime(),
                null,
                null),
            out);
      }
      case MergeOperation.DecayedMean mean -> {
        writeHead(out, MergeLayout.DECAYED_MEAN);
        write(mean, out);
        writeName(mean.state(), out, at);
      }
      case MergeOperation.Count counted -> {
        writeHead(out, MergeLayout.COUNT);
        write(counted, out);
        writeName(counted.state(), out, at);
      }
      case MergeOperation.AddToFilter added -> {
        writeHead(out, MergeLayout.ADD_TO_FILTER);
        write(added, out);
        writeName(added.state(), out, at);
      }
    }
  }

  private static void writeHead(ByteWriter out, short kind) {
    out.putInt(0);
    out.putShort(kind);
    out.putShort(0);
  }

  private void writeName(String state, ByteWriter out, int at) {
    if (!STATE.matcher(state).matches()) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "state", state, "1 to 64 letters, digits, '_' or '-'");
    }
    if (schema.spec().fields().containsKey(state)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "state", state, "a name that no declared field has");
    }
    out.patchShort(at + MergeLayout.NAME_BYTES, out.putUtf8(state));
  }

  private void write(MergeOperation.DecayedMean mean, ByteWriter out) {
    int field = schema.vectorIndex(mean.vector());
    RowEncoder.requireVector(mean.value(), mean.vector(), schema.vectorSpec(field));
    Duration halfLife = mean.halfLife();
    if (!(mean.weight() >= WEIGHT_MIN && mean.weight() <= WEIGHT_MAX)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "weight", mean.weight(), "0.000001 to 1000000");
    }
    if (halfLife.compareTo(HALF_LIFE_MIN) < 0 || halfLife.compareTo(HALF_LIFE_MAX) > 0) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "half_life", halfLife, "1 second to 36500 days");
    }
    out.putInt(field);
    out.putInt(
        switch (mean.scaling()) {
          case MEAN -> 0;
          case UNIT -> 1;
        });
    out.putDouble(mean.weight());
    out.putLong(halfLife.toMillis());
    out.putFloats(mean.value());
  }

  private void write(MergeOperation.Count counted, ByteWriter out) {
    int windows = counted.windows().size();
    if (windows < 1 || windows > Limits.COUNT_WINDOWS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "windows", windows, "1 to " + Limits.COUNT_WINDOWS_MAX);
    }
    out.putLong(counted.amount());
    out.putInt(windows);
    out.putInt(0);
    for (CountWindow window : counted.windows()) {
      int field = schema.fieldIndex(window.field());
      if (schema.fieldType(field) != FieldType.INT64) {
        throw KindredException.of(
            ErrorCode.TYPE_MISMATCH,
            "windows." + window.field(),
            "a field of type " + schema.fieldType(field).name().toLowerCase(java.util.Locale.ROOT),
            "one of type int64");
      }
      Duration length = window.length();
      if (!length.equals(Duration.ofSeconds(length.toSeconds()))
          || length.toSeconds() < 1
          || length.toSeconds() > WindowCounts.LENGTH_SECONDS_MAX) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "windows." + window.field(),
            length,
            "whole seconds, 1 second to 400 days");
      }
      out.putInt(field);
      out.putInt(0);
      out.putLong(length.toSeconds());
    }
  }

  private static void write(MergeOperation.AddToFilter added, ByteWriter out) {
    double rate = added.errorRate();
    if (!(rate >= ERROR_RATE_MIN && rate <= ERROR_RATE_MAX)) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "error_rate", rate, "0.000001 to 0.5");
    }
    long bits = added.capacity() < 1 ? 0 : AgeingFilter.bits(added.capacity(), rate);
    if (bits == 0 || bits > AgeingFilter.BITS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "capacity",
          added.capacity(),
          "1 to " + AgeingFilter.capacityMax(rate) + ", at the error rate " + rate);
    }
    out.putLong(keyHash(added.id()));
    out.putInt(added.capacity());
    out.putInt(AgeingFilter.hashes(rate));
    out.putLong(bits);
  }

  private static long keyHash(Key id) {
    return switch (id) {
      case Key.Uint64(long value) -> XxHash64.of(value);
      case Key.Text text -> {
        byte[] utf8 = text.utf8();
        if (utf8.length == 0 || utf8.length > Limits.KEY_BYTES_MAX) {
          throw RowEncoder.invalidKey(text.value());
        }
        yield XxHash64.of(MemorySegment.ofArray(utf8), 0, utf8.length);
      }
    };
  }
}
