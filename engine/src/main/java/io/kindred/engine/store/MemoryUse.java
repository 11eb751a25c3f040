package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.MemoryInfo;
import io.kindred.engine.log.Log;
import io.kindred.engine.shard.Shard;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses rows before the memory budget is used up, and says which folds relieve it. Thread-safe.
///
/// From four fifths of the budget on, memory is short: deltas are folded, and a table that has more
/// than its fair share, the budget divided by the tables, takes no more rows. At the whole budget
/// no table does. Deletions are always taken, as they add nothing.
///
/// Memory is added up every second and, where what was written since makes it short, with the next
/// write, ten times a second or after each hundredth of the budget.
final class MemoryUse {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryUse.class);
  private static final long MEASURED_AGAIN_NANOS = Duration.ofMillis(100).toNanos();

  /// Or after so much of the budget.
  private static final int MEASURED_AGAIN_SHARE = 100;

  /// A delta that takes a smaller share of the budget is not worth a fold, unless it is old.
  private static final int FOLD_SHARE = 64;

  /// A row takes its bytes, a place in the table of keys, and links.
  private static final int BYTES_PER_BYTE = 2;

  private final long budgetBytes;
  private final Log log;
  private final Supplier<Collection<OpenTable>> tables;

  /// Memory that rows will take which were queued since the last measurement.
  private final AtomicLong bytesSince = new AtomicLong();

  private volatile Measured measured;

  /// @param byTable by the table's id
  private record Measured(long bytes, Map<Long, Long> byTable, long atNanos) {}

  MemoryUse(long budgetBytes, Log log, Supplier<Collection<OpenTable>> tables) {
    this.budgetBytes = budgetBytes;
    this.log = log;
    this.tables = tables;
    this.measured = new Measured(0, Map.of(), System.nanoTime());
  }

  /// Takes the memory of rows, before they are queued.
  ///
  /// @param recordBytes bytes of their records
  /// @throws KindredException `OVERLOADED` where it is more than is left
  void take(OpenTable table, long recordBytes) {
    long bytes = BYTES_PER_BYTE * recordBytes;
    long used = measured.bytes + bytesSince.addAndGet(bytes);
    if (used > shortBytes() && measureIfOld()) {
      used = measured.bytes + bytes;
    }
    if (used > shortBytes()) {
      long share = budgetBytes / Math.max(1, measured.byTable.size());
      long own = measured.byTable.getOrDefault(table.entry().id(), 0L) + bytes;
      if (used > budgetBytes || own > share) {
        bytesSince.addAndGet(-bytes);
        throw used > budgetBytes
            ? refused("process", used, budgetBytes, table)
            : refused("table " + table.name(), own, share, table);
      }
    }
  }

  private static KindredException refused(
      String whose, long bytes, long bytesMax, OpenTable table) {
    return new KindredException(
        ErrorCode.OVERLOADED,
        "memory of %s: %d bytes with these rows (expected: at most %d); table %s takes no more rows until folds, deletions or drops make room; try again, or raise budget.memory_bytes"
            .formatted(whose, bytes, bytesMax, table.name()));
  }

  private long shortBytes() {
    return budgetBytes / 5 * 4;
  }

  private boolean measureIfOld() {
    synchronized (this) {
      boolean isOld =
          System.nanoTime() - measured.atNanos >= MEASURED_AGAIN_NANOS
              || bytesSince.get() >= budgetBytes / MEASURED_AGAIN_SHARE;
      if (isOld) {
        measure();
      }
      return isOld;
    }
  }

  /// Adds the memory up, and tells the log where it has become short or is no longer.
  void measure() {
    synchronized (this) {
      bytesSince.set(0);
      boolean wasShort = isShort();
      Sum sum = new Sum();
      Map<Long, Long> byTable = new HashMap<>();
      for (OpenTable table : tables.get()) {
        byTable.put(table.entry().id(), sum.add(table).total());
      }
      measured =
          new Measured(
              log.memoryBytes() + sum.buildBytes + sum.bytes,
              Map.copyOf(byTable),
              System.nanoTime());
      if (isShort() && !wasShort) {
        LOG.warn("{}", problem());
      } else if (wasShort && !isShort()) {
        LOG.info("memory has room again used={} budget={}", measured.bytes, budgetBytes);
      }
    }
  }

  /// Adds up tables. Owned by one thread.
  private static final class Sum {
    private long bytes;
    private long buildBytes;

    MemoryBytes add(OpenTable table) {
      MemoryBytes ofTable = MemoryBytes.NONE;
      for (Shard shard : table.shards()) {
        MemoryBytes ofShard = shard.memory();
        buildBytes = Math.max(buildBytes, ofShard.build());
        ofTable = ofTable.plus(ofShard);
      }
      bytes += ofTable.total();
      return ofTable;
    }
  }

  private boolean isShort() {
    return measured.bytes > shortBytes();
  }

  /// Whether memory is short and a fold of the shard would give some back.
  boolean isRelievedBy(Shard shard) {
    if (!isShort()) {
      return false;
    }
    MemoryBytes bytes = shard.memory();
    return bytes.deltaRows() + bytes.deltaKeys() + bytes.deltaGraphs() > budgetBytes / FOLD_SHARE
        || shard.hasManyDead();
  }

  /// What a person should look at, or null.
  @Nullable String problem() {
    return isShort()
        ? "memory: %d bytes of a budget of %d in use; rows are refused at the budget, and those of a table with more than its share: delete rows, drop tables or raise budget.memory_bytes"
            .formatted(measured.bytes, budgetBytes)
        : null;
  }

  MemoryInfo info() {
    Sum sum = new Sum();
    Map<String, MemoryBytes> byTable = new HashMap<>();
    tables.get().forEach(table -> byTable.put(table.name(), sum.add(table)));
    return new MemoryInfo(budgetBytes, log.memoryBytes(), sum.buildBytes, byTable);
  }
}
