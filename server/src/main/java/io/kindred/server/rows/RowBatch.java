package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Row;
import io.kindred.engine.WriteResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of one request as they are read: the good ones for the engine, and why the others were
/// refused. Owned by the thread that reads the request.
public final class RowBatch {
  private final List<Row> rows = new ArrayList<>();
  private final List<Integer> requestIndices = new ArrayList<>();
  private final List<RejectedRow> rejected = new ArrayList<>();
  private int count;

  /// Takes the next row of the request.
  public void add(Row row) {
    requestIndices.add(count++);
    rows.add(row);
  }

  /// Takes note that the next row of the request is refused.
  public void reject(@Nullable Key id, KindredException why) {
    String message = why.getMessage();
    rejected.add(
        new RejectedRow(count++, id, why.code(), message == null ? why.code().name() : message));
  }

  /// @throws KindredException `TOO_LARGE` where the request has no room for another row
  public void requireRoom() {
    if (count >= Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "rows",
          "more than " + Limits.BATCH_ROWS_MAX,
          "at most " + Limits.BATCH_ROWS_MAX + " a request");
    }
  }

  public List<Row> rows() {
    return rows;
  }

  /// What the engine answered for the good rows, together with the rows that never reached it.
  public WriteOutcome outcome(WriteResult result) {
    List<RejectedRow> all = new ArrayList<>(rejected);
    for (WriteResult.Rejection rejection : result.rejected()) {
      all.add(
          new RejectedRow(
              requestIndices.get(rejection.index()),
              rows.get(rejection.index()).key(),
              rejection.code(),
              rejection.message()));
    }
    all.sort(Comparator.comparingInt(RejectedRow::index));
    return new WriteOutcome(
        result.applied(), result.stale(), result.missing(), List.copyOf(all), result.token());
  }
}
