package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.CountWindow;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.SealedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The bytes of change records, of the row images within them, and of checkpoints.
class ChangeFormatTest {
  private static final ChangeWriter.Address ADDRESS = new ChangeWriter.Address(1_000, 3, 5);

  private static final Delta.Capacity CAPACITY = new Delta.Capacity(10, 1 << 20);
  private static final Path CHECKPOINT = Path.of("/checkpoint");

  private static final Row ROW =
      new Row(
          Key.of("é-1"),
          Map.of("near", new float[] {1.5f, -2}),
          Map.of("city", Value.of("rome"), "price", Value.of(9.5)),
          Map.of("m", new Value.Array(List.of(Value.of(150), Value.of(true)))),
          Instant.parse("2026-01-01T00:00:00.000001Z"),
          Duration.ofSeconds(60),
          7L);

  private static final RowMerge MERGE =
      new RowMerge(
          Key.of(42),
          Instant.parse("2026-01-01T00:00:00.000001Z"),
          List.of(
              new MergeOperation.Assign(Map.of(), Map.of("city", Value.of("rome")), Map.of()),
              new MergeOperation.DecayedMean(
                  "near",
                  "t",
                  new float[] {3, 4},
                  0.5,
                  Duration.ofHours(1),
                  MergeOperation.Scaling.UNIT),
              new MergeOperation.Count(
                  "c", -2, List.of(new CountWindow("count", Duration.ofHours(1)))),
              new MergeOperation.AddToFilter("s", Key.of("item-42"), 100, 0.01)),
          Duration.ofSeconds(60));

  private static Schema schema(KeyType key) {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    vectors.put("near", new VectorSpec(2, Metric.L2, new IndexSpec.Flat()));
    vectors.put("far", new VectorSpec(3, Metric.L2, new IndexSpec.Flat()));
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("count", FieldType.INT64);
    fields.put("price", FieldType.FLOAT64);
    return new Schema(TableSpec.of("t", key, vectors, fields));
  }

  private static byte[] bytes(ChangeWriter writer) {
    ByteBuffer record = writer.finish();
    byte[] bytes = new byte[record.remaining()];
    record.get(bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static ChangeReader reader(byte[] record) {
    return new ChangeReader(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN));
  }

  @Test
  void aPutIsWrittenAndReadByteForByte() throws Exception {
    Schema schema = schema(KeyType.STRING);
    ChangeWriter writer =
        new ChangeWriter(schema, ADDRESS, ChangeKind.PUT, new Origin.Operation("op"));
    writer.addRow(2, ROW);
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "put-v1.hex");
    assertThat(hex(bytes(writer))).isEqualTo(hex(golden));

    ChangeReader reader = reader(golden);
    RowCursor row = new RowCursor(schema);
    reader.nextRow(row, schema);
    assertThat(reader.address()).isEqualTo(ADDRESS);
    assertThat(reader.kind()).isEqualTo(ChangeKind.PUT);
    assertThat(reader.operationId()).isEqualTo("op");
    assertThat(reader.index()).isEqualTo(2);
    assertThat(reader.expectedVersion()).isEqualTo(7);
    assertThat(row.key()).isEqualTo(ROW.key());
    assertThat(row.fields()).isEqualTo(ROW.fields());
    assertThat(row.metadataEntries()).isEqualTo(ROW.metadata());
    assertThat(row.eventTime()).isEqualTo(ROW.eventTime());
    assertThat(row.expiryMillis()).isEqualTo(60_000);
    assertThat(row.vectorBits()).isEqualTo(1);
  }

  @Test
  void aDeleteIsWrittenAndReadByteForByte() throws Exception {
    Schema schema = schema(KeyType.UINT64);
    ChangeWriter writer = new ChangeWriter(schema, ADDRESS, ChangeKind.DELETE, null);
    writer.addKey(0, Key.of(1));
    writer.addKey(4, Key.of(-2));
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "delete-v1.hex");
    assertThat(hex(bytes(writer))).isEqualTo(hex(golden));

    ChangeReader reader = reader(golden);
    assertThat(reader.kind()).isEqualTo(ChangeKind.DELETE);
    assertThat(reader.operationId()).isNull();
    assertThat(reader.count()).isEqualTo(2);
    assertThat(reader.nextKey(schema).slotKey()).isEqualTo(1);
    assertThat(reader.nextKey(schema).slotKey()).isEqualTo(-2);
    assertThat(reader.index()).isEqualTo(4);
  }

  @Test
  void aMergeOfEventsIsWrittenAndReadByteForByte() throws Exception {
    Schema schema = schema(KeyType.UINT64);
    Origin origin = new Origin.Events("é/clicks", 3, new long[] {7, 9});
    ChangeWriter writer = new ChangeWriter(schema, ADDRESS, ChangeKind.MERGE, origin);
    writer.addMerge(1, MERGE);
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "merge-v1.hex");
    assertThat(hex(bytes(writer))).isEqualTo(hex(golden));

    ChangeReader reader = reader(golden);
    assertThat(reader.kind()).isEqualTo(ChangeKind.MERGE);
    assertThat(reader.operationId()).isNull();
    assertThat(reader.source()).isEqualTo(new ChangeReader.Source("é/clicks", 3));
    MergeReader merge = reader.nextMerge(schema);
    assertThat(reader.index()).isEqualTo(1);
    assertThat(reader.offset()).isEqualTo(9);
    assertThat(merge.key().slotKey()).isEqualTo(42);
    assertThat(merge.timeToLiveMillis()).isEqualTo(60_000);
    assertThat(merge.onlyMovesTime()).isFalse();
    RowDraft draft = new RowDraft(schema);
    draft.begin(merge.key());
    assertThat(merge.mergeInto(draft)).isEqualTo(new MergeReader.Effect(true, false));
    assertThat(draft.vector(0)).containsExactly(0.6f, 0.8f);
    RowCursor row = new RowCursor(schema);
    row.moveTo(draft.image(), 0);
    assertThat(row.key()).isEqualTo(Key.of(42));
    assertThat(row.eventTime()).isEqualTo(MERGE.eventTime());
    assertThat(row.fields()).isEqualTo(Map.of("city", Value.of("rome"), "count", Value.of(-2)));
    assertThat(row.metadataEntries().keySet()).containsExactly("t", "c", "s");
  }

  @Test
  void deletesOfEventsAreWrittenAndReadByteForByte() throws Exception {
    Schema schema = schema(KeyType.UINT64);
    Origin origin = new Origin.Events("a", 1, new long[] {5});
    ChangeWriter keys = new ChangeWriter(schema, ADDRESS, ChangeKind.DELETE, origin);
    keys.addKey(0, Key.of(8));
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "delete-of-events-v1.hex");
    assertThat(hex(bytes(keys))).isEqualTo(hex(golden));
    ChangeReader reader = reader(golden);
    assertThat(reader.nextKey(schema).slotKey()).isEqualTo(8);
    assertThat(reader.offset()).isEqualTo(5);

    ChangeWriter filter = new ChangeWriter(schema, ADDRESS, ChangeKind.DELETE_WHERE, origin);
    filter.setFilter(Value.of("f"));
    ChangeReader readFilter = reader(bytes(filter));
    assertThat(readFilter.source()).isEqualTo(new ChangeReader.Source("a", 1));
    assertThat(readFilter.nextFilter()).isEqualTo(Value.of("f"));
    assertThat(readFilter.offset()).isEqualTo(5);
  }

  @Test
  void aCheckpointIsWrittenAndReadByteForByte() throws Exception {
    Schema schema = schema(KeyType.STRING);
    RowCursor row = new RowCursor(schema);
    Delta delta = delta(schema, row);
    FaultyDisk disk = new FaultyDisk();
    BaseManifest.Part written;
    Checkpoint.Remembered remembered =
        new Checkpoint.Remembered(new byte[] {9, 8, 7}, new byte[] {6, 5});
    try (Checkpoint checkpoint = new Checkpoint(schema, null, List.of(delta), () -> remembered)) {
      written = checkpoint.write(disk, CHECKPOINT);
    }
    delta.lifetime().release();
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "checkpoint-v2.hex");
    assertThat(hex(SealedFile.read(disk, CHECKPOINT, Checkpoint.FORMAT))).isEqualTo(hex(golden));
    assertThat(written.sizeBytes()).isEqualTo(golden.length);

    Checkpoint.Restored restored = restore(disk, written.fileId(), schema);
    assertThat(restored.remembered().operations()).containsExactly(9, 8, 7);
    assertThat(restored.remembered().sources()).containsExactly(6, 5);
    requireSame(restored, row);
  }

  @Test
  void aCheckpointOfTheFirstReleaseIsReadAndHasNoSources() throws Exception {
    Schema schema = schema(KeyType.STRING);
    RowCursor row = new RowCursor(schema);
    delta(schema, row).lifetime().release();
    FaultyDisk disk = new FaultyDisk();
    byte[] golden = Golden.bytes(ChangeFormatTest.class, "checkpoint-v1.hex");
    SealedFile.Format first = new SealedFile.Format("checkpoint", 1);
    long fileId = SealedFile.replace(disk, CHECKPOINT, first, ByteBuffer.wrap(golden));

    Checkpoint.Restored restored = restore(disk, fileId, schema);
    assertThat(restored.remembered().operations()).containsExactly(9, 8, 7);
    assertThat(restored.remembered().sources()).containsExactly(0, 0, 0, 0);
    requireSame(restored, row);
  }

  /// Two rows of one key, of which the first is dead.
  private static Delta delta(Schema schema, RowCursor row) {
    ChangeWriter writer = new ChangeWriter(schema, ADDRESS, ChangeKind.PUT, null);
    writer.addRow(0, ROW);
    reader(bytes(writer)).nextRow(row, schema);
    Delta delta = Delta.create(schema, CAPACITY, Runnable::run);
    for (long version = 11; version < 13; version++) {
      int ordinal = delta.append(row, new RowStamp(version, 1_767_225_600_000L));
      delta.publish(ordinal, row.slotKey(row.textKey()), row.textKey());
    }
    delta.markDead(0);
    return delta;
  }

  private static Checkpoint.Restored restore(FaultyDisk disk, long fileId, Schema schema) {
    return Checkpoint.restore(
        new Checkpoint.Source(disk, CHECKPOINT, fileId),
        schema,
        null,
        new Checkpoint.DeltaFactory(CAPACITY, Runnable::run));
  }

  private static void requireSame(Checkpoint.Restored restored, RowCursor row) {
    Delta again = restored.deltas().getFirst();
    assertThat(again.size()).isEqualTo(2);
    assertThat(again.isDead(0)).isTrue();
    assertThat(again.isDead(1)).isFalse();
    assertThat(again.version(1)).isEqualTo(12);
    assertThat(again.find(row.slotKey(row.textKey()), row.textKey())).isEqualTo(1);
    assertThat(again.vectors(0).vector(1)).containsExactly(1.5f, -2);
    again.lifetime().release();
  }
}
