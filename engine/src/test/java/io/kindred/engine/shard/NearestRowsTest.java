package io.kindred.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Row;
import io.kindred.engine.TableSpec;
import io.kindred.engine.index.TopK;
import io.kindred.engine.segment.ChangeKind;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeWriter;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.RowStamp;
import io.kindred.engine.segment.Schema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NearestRowsTest {
  private final Schema schema = new Schema(TableSpec.of("t", KeyType.UINT64, Map.of(), Map.of()));
  private final Delta frozen = delta();
  private final Delta active = delta();
  private final ShardView view = new ShardView(null, frozen, active);

  private Delta delta() {
    return Delta.create(schema, new Delta.Capacity(10, 1 << 20), Runnable::run);
  }

  @AfterEach
  void free() {
    view.lifetime().release();
    frozen.lifetime().release();
    active.lifetime().release();
  }

  private void publish(Delta delta, long key) {
    ChangeWriter.Address address = new ChangeWriter.Address(1, 1, 0);
    ChangeWriter writer = new ChangeWriter(schema, address, ChangeKind.PUT, null);
    writer.addRow(0, Row.of(Key.of(key), Map.of(), Map.of(), Map.of()));
    RowCursor cursor = new RowCursor(schema);
    new ChangeReader(writer.finish()).nextRow(cursor, schema);
    delta.publish(delta.append(cursor, new RowStamp(7, Long.MAX_VALUE)), key, null);
  }

  private static TopK found(int... ordinals) {
    TopK top = new TopK();
    top.reset(10);
    for (int ordinal : ordinals) {
      top.offer(ordinal, ordinal);
    }
    return top;
  }

  @Test
  void ofTwoRowsOfAKeyTheNewerIsKept() {
    publish(frozen, 1);
    publish(frozen, 2);
    publish(active, 3);
    publish(active, 1);
    NearestRows rows = new NearestRows(10);
    rows.merge(found(0, 1), ShardView.FROZEN_PART);
    rows.merge(found(0, 1), ShardView.ACTIVE_PART);
    assertThat(rows.count()).isEqualTo(4);

    assertThat(rows.removeReplaced(view, schema, ShardView.ACTIVE_PART | 1)).isEqualTo(1);
    assertThat(rows.count()).isEqualTo(3);
    assertThat(rows.locations())
        .startsWith(ShardView.ACTIVE_PART, ShardView.FROZEN_PART | 1, ShardView.ACTIVE_PART | 1);
  }

  @Test
  void rowsThatWereThereBeforeTheSearchAreNotCompared() {
    publish(frozen, 1);
    publish(active, 2);
    publish(active, 3);
    NearestRows rows = new NearestRows(10);
    rows.merge(found(0), ShardView.FROZEN_PART);
    rows.merge(found(0), ShardView.ACTIVE_PART);

    assertThat(rows.removeReplaced(view, schema, ShardView.ACTIVE_PART | 1)).isZero();
    assertThat(rows.hasActive(view, schema, List.of(Key.of(2)))).isTrue();
    assertThat(rows.hasActive(view, schema, List.of(Key.of(1), Key.of(3)))).isFalse();
    assertThat(rows.hasActive(view, schema, List.of())).isFalse();
  }
}
