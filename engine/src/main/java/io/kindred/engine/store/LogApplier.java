package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.catalog.CatalogCodec;
import io.kindred.engine.catalog.CatalogOutcome;
import io.kindred.engine.log.Log;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeWriter;
import io.kindred.engine.shard.Outcome;
import io.kindred.engine.shard.Shard;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the log's records to the catalog and the shards, and tells those who wait for them.
///
/// A record that cannot be applied stops it for good: to go on would leave a hole in the state.
/// Called on the log's delivery thread; the accessors are thread-safe.
final class LogApplier implements Log.Subscriber {
  private static final Logger LOG = LoggerFactory.getLogger(LogApplier.class);

  private final TableRegistry tables;
  private final AppliedPosition applied = new AppliedPosition();
  private volatile @Nullable RuntimeException failure;

  LogApplier(TableRegistry tables) {
    this.tables = tables;
  }

  AppliedPosition applied() {
    return applied;
  }

  /// Why no record is applied any more, or null.
  @Nullable RuntimeException failure() {
    return failure;
  }

  @Override
  public void apply(
      long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
    RuntimeException earlier = failure;
    if (earlier != null) {
      fail(attachment, notApplied(earlier));
      return;
    }
    try {
      switch (payload.get(0)) {
        case CatalogCodec.RECORD_KIND ->
            applyCatalog(position, timestampMillis, payload, attachment);
        case ChangeWriter.RECORD_KIND, ChangeWriter.EVENTS_RECORD_KIND ->
            applyRows(position, timestampMillis, payload, attachment);
        default ->
            throw new KindredException(
                ErrorCode.CORRUPT,
                "log record " + position + ": kind " + payload.get(0) + " (expected: 1 to 3)");
      }
      applied.advanceTo(position);
    } catch (RuntimeException e) {
      failure = e;
      LOG.error("record cannot be applied position={}; writes stop until a restart", position, e);
      fail(attachment, e);
    }
  }

  private static KindredException notApplied(RuntimeException earlier) {
    return new KindredException(
        ErrorCode.NOT_READY,
        "store: stopped after an error; the next start applies the change from the log: "
            + earlier.getMessage(),
        earlier);
  }

  @Override
  public void failed(Object attachment, RuntimeException cause) {
    fail(attachment, cause);
  }

  private static void fail(@Nullable Object attachment, RuntimeException cause) {
    switch (attachment) {
      case PendingWrite write -> write.failed(cause);
      case CatalogChanges.Pending pending -> pending.outcome().completeExceptionally(cause);
      case null, default -> {}
    }
  }

  private void applyRows(
      long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
    ChangeReader record = new ChangeReader(payload);
    ChangeWriter.Address address = record.address();
    OpenTable table = tables.find(address.tableId());
    if (table == null) {
      fail(attachment, new KindredException(ErrorCode.TABLE_NOT_FOUND, "table: dropped"));
      return;
    }
    Shard shard = table.shards().get(address.shard());
    // Only a record of this process has somebody who waits for it.
    boolean isReplayed = attachment == null;
    Outcome outcome = shard.apply(position, timestampMillis, record, isReplayed);
    if (attachment instanceof PendingWrite write && outcome != null) {
      applied.advanceTo(position);
      write.applied(outcome, position);
    }
  }

  private void applyCatalog(
      long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
    CatalogChanges.Pending pending =
        attachment instanceof CatalogChanges.Pending waiting ? waiting : null;
    CatalogOutcome outcome =
        tables.apply(
            new TableRegistry.Timed(position, timestampMillis, CatalogCodec.decode(payload)),
            pending == null ? null : pending.prepared());
    if (pending != null && outcome != null) {
      applied.advanceTo(position);
      pending.outcome().complete(outcome);
    }
  }
}
