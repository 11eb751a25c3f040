package io.kindred.engine.segment;

import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Row;
import io.kindred.engine.Value;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Writes the log record of a change of one shard's rows. Owned by one thread.
public final class ChangeWriter {
  /// The first byte of every such record.
  public static final int RECORD_KIND = 2;

  private final Schema schema;
  private final ByteWriter out = new ByteWriter("batch", Limits.BATCH_BYTES_MAX);
  private final @Nullable RowEncoder encoder;
  private int count;

  /// The shard of one version of one table.
  public record Address(long tableId, int version, int shard) {}

  public ChangeWriter(
      Schema schema, Address address, ChangeKind kind, @Nullable String operationId) {
    this.schema = schema;
    this.encoder =
        switch (kind) {
          case PUT -> new RowEncoder(schema, RowEncoder.Form.PUT);
          case UPDATE -> new RowEncoder(schema, RowEncoder.Form.UPDATE);
          case DELETE, DELETE_WHERE -> null;
        };
    out.putByte(RECORD_KIND);
    out.putByte(kind.code());
    out.putShort(address.shard());
    out.putInt(address.version());
    out.putLong(address.tableId());
    out.putInt(0);
    out.putShort(0);
    writeOperationId(operationId);
  }

  private void writeOperationId(@Nullable String operationId) {
    if (operationId != null) {
      int length = out.putUtf8(operationId);
      assert length > 0 && length <= Limits.OPERATION_ID_BYTES_MAX : length;
      out.patchShort(ChangeLayout.OPERATION_BYTES, length);
    }
    out.alignTo(Long.BYTES);
  }

  /// Adds a row to put or to update.
  ///
  /// @param index the row's place in the caller's batch
  /// @throws KindredException why the row is refused; the record is as it was before
  public void addRow(int index, Row row) {
    int start = out.position();
    Long expectedVersion = row.expectedVersion();
    try {
      out.putInt(index);
      out.putInt(expectedVersion == null ? 0 : 1);
      out.putLong(expectedVersion == null ? 0 : expectedVersion);
      java.util.Objects.requireNonNull(encoder).encode(row, out);
      count++;
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  /// Adds a key to delete.
  public void addKey(int index, Key key) {
    int start = out.position();
    try {
      out.putInt(index);
      RowEncoder.encodeKey(key, schema, out);
      out.alignTo(Long.BYTES);
      count++;
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  /// Sets the filter of a delete by filter.
  public void setFilter(Value filter) {
    ValueCodec.write(out, "filter", filter);
    count = 1;
  }

  public int count() {
    return count;
  }

  /// The record; the writer must not be used any more.
  public ByteBuffer finish() {
    out.patchInt(ChangeLayout.COUNT, count);
    return out.asBuffer();
  }
}
