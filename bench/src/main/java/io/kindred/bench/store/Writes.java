package io.kindred.bench.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Table;
import io.kindred.engine.WriteResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Writes that wait while the table refuses them, as it may while it folds.
public final class Writes {
  private Writes() {}

  public static CompletableFuture<WriteResult> put(Table table, List<Row> rows) {
    return write(table, new Mutation.Put(rows, null));
  }

  public static CompletableFuture<WriteResult> merge(
      Table table, List<RowMerge> rows, Origin origin) {
    return write(table, new Mutation.Merge(rows, origin));
  }

  public static CompletableFuture<WriteResult> delete(Table table, List<Key> keys) {
    return write(table, new Mutation.Delete(keys, null));
  }

  private static CompletableFuture<WriteResult> write(Table table, Mutation mutation) {
    while (true) {
      try {
        return table.write(mutation);
      } catch (KindredException e) {
        if (e.code() != ErrorCode.OVERLOADED) {
          throw e;
        }
        Pause.briefly();
      }
    }
  }

  /// Waits for a write.
  ///
  /// @throws IllegalStateException where not every one of the rows was stored, merged or deleted
  public static void await(CompletableFuture<WriteResult> write, int rows) {
    WriteResult result = write.join();
    if (result.applied() != rows) {
      String reason =
          result.rejected().isEmpty() ? "" : "; " + result.rejected().getFirst().message();
      throw new IllegalStateException(
          "write: %d rows (expected: %d%s)".formatted(result.applied(), rows, reason));
    }
  }
}
