package io.kindred.bench;

import io.kindred.bench.report.Report;
import io.kindred.bench.store.Writes;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// A table of synthetic rows. Immutable.
///
/// @param index `flat` or `hnsw`
record TablePlan(Synthetic data, KeyType key, String index, int rows) {
  static final String FIELD = "embedding";
  private static final int BATCH_ROWS = 1_000;
  private static final int BATCHES_UNDER_WAY = 4;

  /// Says all that makes the table what it is.
  String name() {
    return "%s-%s-%dx%d-%x"
        .formatted(
            index,
            key.name().toLowerCase(java.util.Locale.ROOT),
            rows,
            data.dimension(),
            data.seed());
  }

  TableSpec spec() {
    IndexSpec spec = index.equals("hnsw") ? IndexSpec.Hnsw.DEFAULT : new IndexSpec.Flat();
    return TableSpec.of(
        name(), key, Map.of(FIELD, new VectorSpec(data.dimension(), Metric.L2, spec)), Map.of());
  }

  Key key(long row) {
    return key == KeyType.UINT64 ? Key.of(data.number(row)) : Key.of(data.text(row));
  }

  /// Bytes of the vectors alone.
  long rawBytes() {
    return (long) rows * data.dimension() * Float.BYTES;
  }

  /// Writes rows `[from, to)`, a few batches at once.
  void put(Table table, long from, long to) {
    Synthetic.Vectors vectors = data.vectors();
    Deque<CompletableFuture<WriteResult>> underWay = new ArrayDeque<>();
    for (long start = from; start < to; start += BATCH_ROWS) {
      if (underWay.size() == BATCHES_UNDER_WAY) {
        underWay.remove().join();
      }
      underWay.add(Writes.put(table, batch(vectors, start, Math.min(to, start + BATCH_ROWS))));
    }
    underWay.forEach(CompletableFuture::join);
  }

  List<Row> batch(Synthetic.Vectors vectors, long from, long to) {
    List<Row> rowsOfBatch = new ArrayList<>((int) (to - from));
    for (long row = from; row < to; row++) {
      rowsOfBatch.add(row(vectors, row));
    }
    return rowsOfBatch;
  }

  Row row(Synthetic.Vectors vectors, long row) {
    return Row.of(key(row), Map.of(FIELD, vectors.vector(row)), Map.of(), Map.of());
  }

  /// The table of the plan, loaded and folded; made only where the store does not have it yet.
  Table in(Store store, Report report) {
    for (Table table : store.tables()) {
      if (table.spec().name().equals(name())) {
        if (table.info().rowCount() == rows) {
          return table;
        }
        store.dropTable(name());
      }
    }
    report.progress("loading " + name());
    Table table = store.createTable(spec());
    put(table, 0, rows);
    report.progress("folding " + name());
    table.fold();
    return table;
  }
}
