package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.WriteResult;
import io.kindred.stream.StartAt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What pipelines remember, as rows of a table of their own: so it is durable, and backed up with
/// everything else. Made when it is first written. Thread-safe.
final class StateTable {
  static final String NAME = "kindred.pipelines";

  private static final String GENERATION = "generation";
  private static final String PAUSED_BY = "paused_by";
  private static final String START = "start";
  private static final String REPLAYED = "replayed";

  private final Store store;

  StateTable(Store store) {
    this.store = store;
  }

  PipelineRecord read(String pipeline) {
    return find(pipeline).map(StateTable::pipelineRecord).orElse(PipelineRecord.NEW);
  }

  private static PipelineRecord pipelineRecord(StoredRow row) {
    Map<Integer, Long> replayed = new LinkedHashMap<>();
    if (row.metadata().get(REPLAYED) instanceof Value.Entries(Map<String, Value> entries)) {
      entries.forEach(
          (partition, offset) ->
              replayed.put(Integer.parseInt(partition), ((Value.Int64) offset).value()));
    }
    return new PipelineRecord(
        text(row, PAUSED_BY),
        row.fields().get(GENERATION) instanceof Value.Int64(long it) ? it : 1,
        text(row, START).map(StartAt::parse),
        replayed);
  }

  private static Optional<String> text(StoredRow row, String field) {
    return row.fields().get(field) instanceof Value.Text(String it)
        ? Optional.of(it)
        : Optional.empty();
  }

  void write(String pipeline, PipelineRecord record) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put(GENERATION, Value.of(record.generation()));
    record.pausedBy().ifPresent(it -> fields.put(PAUSED_BY, Value.of(it)));
    record.start().ifPresent(it -> fields.put(START, Value.of(it.text())));
    Map<String, Value> replayed = new LinkedHashMap<>();
    record.replayed().forEach((it, offset) -> replayed.put(it.toString(), Value.of(offset)));
    put(pipeline, fields, Map.of(REPLAYED, new Value.Entries(replayed)));
  }

  /// What a source of a pipeline remembers under a name; empty where it is nothing.
  Map<String, Value> readSource(String pipeline, String name) {
    return find(pipeline + "/" + name).map(StoredRow::metadata).orElse(Map.of());
  }

  void writeSource(String pipeline, String name, Map<String, Value> values) {
    put(pipeline + "/" + name, Map.of(), values);
  }

  private Optional<StoredRow> find(String key) {
    try {
      return store.table(NAME).get(Key.of(key), Projection.FIELDS);
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void put(String key, Map<String, Value> fields, Map<String, Value> metadata) {
    Row row = Row.of(Key.of(key), Map.of(), fields, metadata);
    WriteResult result = table().write(new Mutation.Put(List.of(row), null)).join();
    if (!result.rejected().isEmpty()) {
      WriteResult.Rejection rejection = result.rejected().getFirst();
      throw new KindredException(rejection.code(), NAME + ": " + rejection.message());
    }
  }

  private Table table() {
    try {
      return store.table(NAME);
    } catch (KindredException e) {
      if (e.code() != ErrorCode.TABLE_NOT_FOUND) {
        throw e;
      }
    }
    try {
      return store.createTable(
          TableSpec.of(
              NAME,
              KeyType.STRING,
              Map.of(),
              Map.of(
                  GENERATION, FieldType.INT64,
                  PAUSED_BY, FieldType.STRING,
                  START, FieldType.STRING)));
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_EXISTS) {
        return store.table(NAME);
      }
      throw e;
    }
  }
}
