package io.kindred.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a reader sees of a delta between two steps of the writer.
class DeltaTest {
  private final Schema schema =
      new Schema(
          TableSpec.of(
              "t",
              KeyType.STRING,
              Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
              Map.of()));
  private final Delta delta = Delta.create(schema, new Delta.Capacity(100, 1 << 20), Runnable::run);

  @AfterEach
  void free() {
    delta.lifetime().release();
  }

  private int append(String key, Map<String, float[]> vectors) {
    ChangeWriter.Address address = new ChangeWriter.Address(1, 1, 0);
    ChangeWriter writer = new ChangeWriter(schema, address, ChangeKind.PUT, null);
    writer.addRow(0, Row.of(Key.of(key), vectors, Map.of(), Map.of()));
    RowCursor cursor = new RowCursor(schema);
    new ChangeReader(writer.finish()).nextRow(cursor, schema);
    return delta.append(cursor, new RowStamp(7, Long.MAX_VALUE));
  }

  private int publish(String key, Map<String, float[]> vectors) {
    int ordinal = append(key, vectors);
    Key.Text text = new Key.Text(key);
    delta.publish(ordinal, KeyHash.slotKey(text), text.utf8());
    return ordinal;
  }

  @Test
  void aRowWithoutAVectorIsKnownWhileTheNextOneIsAppended() {
    Map<String, float[]> vector = Map.of("v", new float[] {1, 2});
    publish("a", vector);
    assertThat(delta.mayLackVector(0)).isFalse();
    publish("b", Map.of());
    append("c", vector); // Not published yet: as many vectors as rows.

    assertThat(delta.size()).isEqualTo(2);
    assertThat(delta.mayLackVector(0)).isTrue();
  }

  @Test
  void aScanHoldsTheNewerRowWhereTheOlderIsStillAlive() {
    publish("b", Map.of());
    publish("a", Map.of());
    publish("c", Map.of());
    publish("a", Map.of()); // The older one is not dead yet.

    KeyScan scan = new KeyScan(schema);
    assertThat(scan.firstAfter(delta, null, 10).ordinals()).containsExactly(3, 0, 2);
    assertThat(scan.firstAfter(delta, Key.of("a"), 10).ordinals()).containsExactly(0, 2);
  }

  @Test
  void aScanSaysWhetherThereIsMore() {
    for (int i = 0; i < 50; i++) {
      publish("k%02d".formatted(i * 37 % 50), Map.of());
    }
    for (int limit : new int[] {1, 2, 7, 24, 25, 26, 49}) {
      KeyScan.Found found = new KeyScan(schema).firstAfter(delta, null, limit);
      assertThat(found.hasMore()).as("limit %d", limit).isTrue();
      assertThat(found.ordinals()).hasSize(limit);
    }
    KeyScan.Found all = new KeyScan(schema).firstAfter(delta, null, 50);
    assertThat(all.hasMore()).isFalse();
    assertThat(all.ordinals()).hasSize(50);
    assertThat(new KeyScan(schema).firstAfter(delta, Key.of("k49"), 5).ordinals()).isEmpty();
  }
}
