package io.kindred.bench.store;

import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;

/// How a store is opened that is to take all rows at once and then to be folded once.
public final class BulkStore {
  private static final long DELTA_BYTES_MAX = 64L << 30;

  private BulkStore() {}

  /// @param rowsMax rows that the delta takes before it is folded by itself
  public static StoreOptions options(
      Path directory, int rowsMax, int buildThreads, StoreListener listener) {
    StoreOptions usual = StoreOptions.at(directory);
    return new StoreOptions(
        directory,
        Math.max(rowsMax, usual.deltaRowsMax()),
        DELTA_BYTES_MAX,
        usual.logSegmentBytes(),
        Duration.ofDays(1),
        buildThreads,
        usual.clock(),
        listener);
  }
}
