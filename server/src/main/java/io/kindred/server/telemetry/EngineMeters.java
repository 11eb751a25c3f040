package io.kindred.server.telemetry;

import io.kindred.engine.FoldStep;
import io.kindred.engine.StoreListener;
import io.kindred.server.tasks.EngineTasks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// Turns what the engine tells about its own work into metrics, and passes it on to the tasks.
/// Thread-safe.
final class EngineMeters implements StoreListener {
  static final String TABLE = "table";

  private final MeterRegistry registry;
  private final EngineTasks tasks;
  private final Timer commits;
  private final DistributionSummary commitRecords;
  private final Counter commitBytes;

  EngineMeters(MeterRegistry registry, EngineTasks tasks) {
    this.registry = registry;
    this.tasks = tasks;
    this.commits =
        Timer.builder("kindred.log.commit")
            .description("Groups of records written and made durable")
            .publishPercentileHistogram(false)
            .register(registry);
    this.commitRecords =
        DistributionSummary.builder("kindred.log.commit.records")
            .description("Records in one group")
            .register(registry);
    this.commitBytes =
        Counter.builder("kindred.log.bytes.written")
            .description("Bytes written to the log")
            .register(registry);
  }

  @Override
  public void committed(int records, long bytes, Duration took) {
    commits.record(took);
    commitRecords.record(records);
    commitBytes.increment((double) bytes);
  }

  @Override
  public void folded(String table, long rows, Duration took) {
    timer("kindred.fold", "Folds of a table's delta into a new base", table).record(took);
    tasks.folded(table, rows, took);
  }

  @Override
  public void foldAdvanced(String table, String shard, FoldStep step, long done, long total) {
    tasks.foldAdvanced(table, shard, step, done, total);
  }

  @Override
  public void foldEnded(String table, String shard) {
    tasks.foldEnded(table, shard);
  }

  @Override
  public void checkpointed(String table, long bytes, Duration took) {
    timer("kindred.checkpoint", "Checkpoints of a table's delta", table).record(took);
    tasks.checkpointed(table, bytes, took);
  }

  @Override
  public void maintenanceFailed(String table, String what) {
    Counter.builder("kindred.maintenance.failures")
        .description("Folds and checkpoints that did not succeed; they are tried again")
        .tag(TABLE, table)
        .register(registry)
        .increment();
  }

  private Timer timer(String name, String description, String table) {
    return Timer.builder(name).description(description).tag(TABLE, table).register(registry);
  }
}
