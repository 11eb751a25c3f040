package io.kindred.server.survey;

import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import java.util.ArrayList;
import java.util.List;

/// Rows that stand for all rows of a table: every so many-th in key order. Immutable.
record RowSample(List<StoredRow> rows) {
  private static final int ROWS_AT_A_TIME = 256;

  RowSample {
    rows = List.copyOf(rows);
  }

  /// Takes about so many rows. What is deleted meanwhile is left out.
  static RowSample of(Table table, int count, Projection projection) {
    KeySample sample = table.sample(count);
    List<StoredRow> rows = new ArrayList<>(sample.keys().size());
    for (int from = 0; from < sample.keys().size(); from += ROWS_AT_A_TIME) {
      int to = Math.min(from + ROWS_AT_A_TIME, sample.keys().size());
      List<Key> keys = sample.keys().subList(from, to);
      for (StoredRow row : table.get(keys, projection)) {
        if (row != null) {
          rows.add(row);
        }
      }
    }
    return new RowSample(rows);
  }
}
