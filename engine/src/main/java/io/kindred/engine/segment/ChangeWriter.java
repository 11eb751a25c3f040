package io.kindred.engine.segment;

import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Value;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the log record of a change of one shard's rows. Owned by one thread.
public final class ChangeWriter {
  /// The first byte of a record of no origin or of an operation.
  public static final int RECORD_KIND = 2;

  /// The first byte of a record of events.
  public static final int EVENTS_RECORD_KIND = 3;

  private final Schema schema;
  private final ByteWriter out = new ByteWriter("batch", Limits.BATCH_BYTES_MAX);
  private final @Nullable RowEncoder encoder;
  private final @Nullable MergeEncoder merges;
  private final long @Nullable [] offsets;
  private int count;

  /// The shard of one version of one table.
  public record Address(long tableId, int version, int shard) {}

  /// @param origin valid; offsets of events are by a row's place in the caller's batch
  public ChangeWriter(Schema schema, Address address, ChangeKind kind, @Nullable Origin origin) {
    this.schema = schema;
    this.encoder =
        switch (kind) {
          case PUT -> new RowEncoder(schema, RowEncoder.Form.PUT);
          case UPDATE -> new RowEncoder(schema, RowEncoder.Form.UPDATE);
          case MERGE, DELETE, DELETE_WHERE -> null;
        };
    this.merges = kind == ChangeKind.MERGE ? new MergeEncoder(schema) : null;
    this.offsets = origin instanceof Origin.Events events ? events.offsets() : null;
    out.putByte(offsets == null ? RECORD_KIND : EVENTS_RECORD_KIND);
    out.putByte(kind.code());
    out.putShort(address.shard());
    out.putInt(address.version());
    out.putLong(address.tableId());
    out.putInt(0);
    out.putShort(0);
    writeOrigin(origin);
  }

  private void writeOrigin(@Nullable Origin origin) {
    switch (origin) {
      case Origin.Operation(String id) -> writeOriginName(id);
      case Origin.Events events -> {
        writeOriginName(events.source());
        out.putInt(events.partition());
        out.putInt(0);
      }
      case null -> out.alignTo(Long.BYTES);
    }
  }

  private void writeOriginName(String name) {
    out.patchShort(ChangeLayout.ORIGIN_BYTES, out.putUtf8(name));
    out.alignTo(Long.BYTES);
  }

  /// Adds a row to put or to update.
  ///
  /// @param index the row's place in the caller's batch
  /// @throws KindredException why the row is refused; the record is as it was before
  public void addRow(int index, Row row) {
    Long expectedVersion = row.expectedVersion();
    add(
        index,
        () -> {
          out.putInt(index);
          out.putInt(expectedVersion == null ? 0 : 1);
          out.putLong(expectedVersion == null ? 0 : expectedVersion);
          Objects.requireNonNull(encoder).encode(row, out);
        });
  }

  /// Adds what is merged into a row.
  ///
  /// @param index the row's place in the caller's batch
  /// @throws KindredException why it is refused; the record is as it was before
  public void addMerge(int index, RowMerge merge) {
    add(index, () -> Objects.requireNonNull(merges).encode(index, merge, out));
  }

  /// Adds a key to delete.
  ///
  /// @param index the key's place in the caller's batch
  public void addKey(int index, Key key) {
    add(
        index,
        () -> {
          out.putInt(index);
          RowEncoder.encodeKey(key, schema, out);
          out.alignTo(Long.BYTES);
        });
  }

  /// Sets the filter of a delete by filter.
  public void setFilter(Value filter) {
    add(0, () -> ValueCodec.write(out, "filter", filter));
  }

  private void add(int index, Runnable entry) {
    int start = out.position();
    try {
      if (offsets != null) {
        out.putLong(offsets[index]);
      }
      entry.run();
      count++;
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  /// Whether an entry was refused because the record had no room for it.
  public boolean isOverfull() {
    return out.isOverfull();
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
