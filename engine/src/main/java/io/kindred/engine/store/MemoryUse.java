package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.MemoryInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.log.Log;
import io.kindred.engine.shard.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses rows before the memory budget is used up, and says which folds relieve it. Thread-safe.
///
/// From four fifths of the budget on, memory is short: deltas are folded, and a table that has more
/// than its fair share, the budget divided by the tables, takes no more rows. At the whole budget
/// no table does. A table with a budget of its own takes rows up to that, and is folded from four
/// fifths of it on. Deletions are always taken, as they add nothing.
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

  /// Of that, what tables with a budget of their own will take, by the table's id.
  private final Map<Long, Long> bytesSinceByTable = new ConcurrentHashMap<>();

  private volatile Measured measured;

  /// @param byTable by the table's id
  private record Measured(long bytes, Map<Long, Long> byTable, long atNanos) {
    long of(OpenTable table) {
      return byTable.getOrDefault(table.entry().id(), 0L);
    }
  }

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
    if (ownBytesMax(table) != 0) {
      takeOwn(table, bytes);
    }
    long used = measured.bytes + bytesSince.addAndGet(bytes);
    if (used > shortBytes() && measureIfOld()) {
      used = measured.bytes + bytes;
    }
    if (used > shortBytes()) {
      long share = budgetBytes / Math.max(1, measured.byTable.size());
      long own = measured.of(table) + bytes;
      boolean isOverShare = own > share && ownBytesMax(table) == 0;
      if (used > budgetBytes || isOverShare) {
        bytesSince.addAndGet(-bytes);
        throw used > budgetBytes
            ? refused("process", used, budgetBytes, table, "budget.memory_bytes")
            : refused("table " + table.name(), own, share, table, "budget.memory_bytes");
      }
    }
  }

  /// Takes from the table's own budget.
  private void takeOwn(OpenTable table, long bytes) {
    long id = table.entry().id();
    long used = measured.of(table) + bytesSinceByTable.merge(id, bytes, Long::sum);
    if (used > ownBytesMax(table) && measureIfOld()) {
      used = measured.of(table) + bytesSinceByTable.merge(id, bytes, Long::sum);
    }
    if (used > ownBytesMax(table)) {
      bytesSinceByTable.merge(id, -bytes, Long::sum);
      throw refused("table " + table.name(), used, ownBytesMax(table), table, "its memory_bytes");
    }
  }

  private static long ownBytesMax(OpenTable table) {
    return table.entry().spec().memoryBytes();
  }

  private static KindredException refused(
      String whose, long bytes, long bytesMax, OpenTable table, String budget) {
    return new KindredException(
        ErrorCode.OVERLOADED,
        "memory of %s: %d bytes with these rows (expected: at most %d, by %s); table %s takes no more rows until folds, deletions or drops make room; try again"
            .formatted(whose, bytes, bytesMax, budget, table.name()));
  }

  /// Makes sure that there is room for a table that is made of files.
  ///
  /// @throws KindredException `OVERLOADED`
  void requireRoom(TableSpec spec, long bytes) {
    measure();
    long used = measured.bytes + bytes;
    if (used > budgetBytes) {
      throw new KindredException(
          ErrorCode.OVERLOADED,
          "memory of process: %d bytes with table %s (expected: at most %d); drop tables, delete rows, or raise budget.memory_bytes"
              .formatted(used, spec.name(), budgetBytes));
    }
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
      bytesSinceByTable.clear();
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
        LOG.warn("{}", problems().getFirst());
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

  /// Whether a table has used up most of a budget of its own.
  private boolean isShort(OpenTable table) {
    return ownBytesMax(table) != 0 && measured.of(table) > ownBytesMax(table) / 5 * 4;
  }

  /// Whether memory is short and a fold of the table's shard would give some back.
  boolean isRelievedBy(OpenTable table, Shard shard) {
    if (!isShort() && !isShort(table)) {
      return false;
    }
    long budget = isShort() ? budgetBytes : ownBytesMax(table);
    MemoryBytes bytes = shard.memory();
    return bytes.deltaRows() + bytes.deltaKeys() + bytes.deltaGraphs() > budget / FOLD_SHARE
        || shard.hasManyDead();
  }

  /// What a person should look at, a sentence each.
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (isShort()) {
      problems.add(
          "memory: %d bytes of a budget of %d in use; rows are refused at the budget, and those of a table with more than its share: delete rows, drop tables or raise budget.memory_bytes"
              .formatted(measured.bytes, budgetBytes));
    }
    for (OpenTable table : tables.get()) {
      if (isShort(table)) {
        problems.add(
            "memory of table %s: %d bytes of its %d in use; at those its rows are refused: delete rows"
                .formatted(table.name(), measured.of(table), ownBytesMax(table)));
      }
    }
    return problems;
  }

  MemoryInfo info() {
    Sum sum = new Sum();
    Map<String, MemoryBytes> byTable = new HashMap<>();
    Map<String, Long> budgets = new HashMap<>();
    for (OpenTable table : tables.get()) {
      byTable.put(table.name(), sum.add(table));
      if (ownBytesMax(table) != 0) {
        budgets.put(table.name(), ownBytesMax(table));
      }
    }
    return new MemoryInfo(budgetBytes, log.memoryBytes(), sum.buildBytes, byTable, budgets);
  }
}
