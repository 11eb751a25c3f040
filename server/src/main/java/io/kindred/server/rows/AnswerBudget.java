package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Value;
import java.util.Map;

/// Bounds the memory of one answer: what is read for it is counted, roughly, and too much is
/// refused before it is there. Owned by one thread.
public final class AnswerBudget {
  public static final int BYTES_MAX = 64 * 1024 * 1024;
  public static final int SEARCH_QUERIES_MAX = 1_000;
  public static final int SEARCH_MATCHES_MAX = 100_000;

  private static final int ROW_BYTES = 64;
  private static final int VALUE_BYTES = 16;

  private long bytes;

  /// Whether the answer has room for the row; counts it where it has.
  public boolean admits(StoredRow row) {
    long more = ROW_BYTES;
    for (float[] vector : row.vectors().values()) {
      more += (long) vector.length * Float.BYTES;
    }
    more += size(row.fields()) + size(row.metadata());
    if (bytes + more > BYTES_MAX) {
      return false;
    }
    bytes += more;
    return true;
  }

  /// @throws KindredException `TOO_LARGE` where the answer has no room for the row
  public void require(StoredRow row) {
    if (!admits(row)) {
      throw tooLarge();
    }
  }

  /// @throws KindredException `TOO_LARGE` where an answer has no room for that many bytes
  public static void requireBytes(long wanted) {
    if (wanted > BYTES_MAX) {
      throw tooLarge();
    }
  }

  private static KindredException tooLarge() {
    return KindredException.of(
        ErrorCode.TOO_LARGE,
        "answer",
        "more than " + BYTES_MAX + " bytes",
        "at most that; ask for fewer rows at a time");
  }

  private static long size(Map<String, Value> entries) {
    long bytes = 0;
    for (Map.Entry<String, Value> entry : entries.entrySet()) {
      bytes += VALUE_BYTES + entry.getKey().length() + size(entry.getValue());
    }
    return bytes;
  }

  private static long size(Value value) {
    return switch (value) {
      case Value.Text(String text) -> VALUE_BYTES + text.length();
      case Value.Array(var items) -> {
        long bytes = VALUE_BYTES;
        for (Value item : items) {
          bytes += size(item);
        }
        yield bytes;
      }
      case Value.Entries(Map<String, Value> values) -> VALUE_BYTES + size(values);
      case Value.Null nothing -> VALUE_BYTES;
      case Value.Bool bool -> VALUE_BYTES;
      case Value.Int64 number -> VALUE_BYTES;
      case Value.Float64 number -> VALUE_BYTES;
      case Value.Timestamp timestamp -> VALUE_BYTES;
    };
  }
}
