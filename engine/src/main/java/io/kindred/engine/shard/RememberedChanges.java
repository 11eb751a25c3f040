package io.kindred.engine.shard;

import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.Checkpoint;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a shard remembers of changes that it has applied, so that none is applied twice: operations
/// by their ids, events by their source and offset. Owned by the applying thread, but for
/// [#admits].
final class RememberedChanges {
  private final OperationWindow operations;
  private final EventSources sources;

  private RememberedChanges(OperationWindow operations, EventSources sources) {
    this.operations = operations;
    this.sources = sources;
  }

  static RememberedChanges none() {
    return new RememberedChanges(new OperationWindow(), new EventSources());
  }

  static RememberedChanges decode(Checkpoint.Remembered encoded) {
    return new RememberedChanges(
        OperationWindow.decode(encoded.operations()), EventSources.decode(encoded.sources()));
  }

  /// Takes what is remembered now, to be encoded later on any thread.
  Supplier<Checkpoint.Remembered> capture() {
    Supplier<byte[]> capturedOperations = operations.capture();
    Supplier<byte[]> capturedSources = sources.capture();
    return () -> new Checkpoint.Remembered(capturedOperations.get(), capturedSources.get());
  }

  /// Whether there is room for a source of events. Thread-safe.
  boolean admits(ChangeReader.Source source) {
    return sources.admits(source);
  }

  /// The outcome of the operation that a record is, or null where it is none, or a new one.
  @Nullable Outcome find(ChangeReader record) {
    String operationId = record.operationId();
    return operationId == null ? null : operations.find(operationId);
  }

  /// Where to gather the outcomes of a record's rows.
  RowOutcomes begin(ChangeReader record, long position) {
    ChangeReader.Source source = record.source();
    return new RowOutcomes(position, source == null ? null : sources.find(source));
  }

  void remember(ChangeReader record, RowOutcomes rows) {
    String operationId = record.operationId();
    if (operationId != null) {
      operations.remember(operationId, rows.outcome());
    }
    ChangeReader.Source source = record.source();
    if (source != null) {
      sources.remember(source, rows.ofEvents());
    }
  }

  /// Bytes in memory; encoded it takes no more.
  long sizeBytes() {
    return operations.sizeBytes() + sources.sizeBytes();
  }

  /// The newest record that is remembered, or 0.
  long newestPosition() {
    return Math.max(operations.newestPosition(), sources.newestPosition());
  }
}
