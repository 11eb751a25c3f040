package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the files of a new base: the live rows of a base and of a delta, merged in key order.
///
/// Owned by one thread. Reads its sources through snapshots, so that they may change meanwhile.
final class BaseBuilder implements AutoCloseable {
  /// What offsets of 32 bits, in units of 8 bytes, reach.
  private static final long ROW_BYTES_MAX = 0xFFFF_FFFFL << 3;

  private final Target target;
  private final int rowsMax;
  private final Arena arena = Arena.ofShared();
  private final List<SealedFile.Writer> writers = new ArrayList<>();
  private final SealedFile.Writer rowsWriter;
  private final SealedFile.Writer[] vectorWriters;
  private final RunCopier rowsCopier;
  private final RunCopier[] vectorCopiers;
  private final MemorySegment offsets;
  private final MemorySegment slots;
  private final KeyTable keys;
  private final MemorySegment expiry;
  private final Bitmap[] presence;
  private final RowCursor cursor;
  private boolean hasExpiring;
  private int size;

  /// Where the files go.
  ///
  /// @param number of the new base
  record Target(Disk disk, Path directory, long number) {}

  /// @param rowsMax at least as many as will be added
  BaseBuilder(Schema schema, Target target, int rowsMax) {
    this.target = target;
    this.rowsMax = rowsMax;
    this.cursor = new RowCursor(schema);
    this.offsets = NativeMemory.reserve((long) rowsMax * Integer.BYTES, arena);
    this.slots = NativeMemory.reserve(KeyTable.sizeBytes(rowsMax), arena);
    this.keys =
        new KeyTable(
            slots, new RowImages(offsets, offsets, RowLayout.keyOffset(schema.fieldCount())));
    this.expiry = NativeMemory.reserve((long) rowsMax * Long.BYTES, arena);
    this.vectorWriters = new SealedFile.Writer[schema.vectorCount()];
    this.vectorCopiers = new RunCopier[schema.vectorCount()];
    this.presence = new Bitmap[schema.vectorCount()];
    try {
      this.rowsWriter = create(BaseManifest.ROWS, Base.ROWS);
      this.rowsCopier = new RunCopier(rowsWriter);
      for (int i = 0; i < vectorWriters.length; i++) {
        vectorWriters[i] = create(BaseManifest.vectors(i), Base.VECTORS);
        vectorCopiers[i] = new RunCopier(vectorWriters[i]);
        presence[i] = Bitmap.create(rowsMax, arena);
      }
    } catch (RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /// Appends a row; rows are added in key order. Returns its ordinal.
  int add(Rows rows, int ordinal) {
    rows.read(ordinal, cursor);
    int length = cursor.lengthBytes();
    if (rowsCopier.position() > ROW_BYTES_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "bytes of a shard's rows",
          rowsCopier.position(),
          "at most " + ROW_BYTES_MAX + "; import the table into one of more shards");
    }
    offsets.set(ValueLayout.JAVA_INT, (long) size << 2, (int) (rowsCopier.position() >>> 3));
    rowsCopier.copy(cursor.segment(), cursor.imageOffset(), length);
    for (int field = 0; field < vectorCopiers.length; field++) {
      VectorRows vectors = rows.vectors(field);
      vectorCopiers[field].copy(
          vectors.data(), ordinal * vectors.strideBytes(), vectors.strideBytes());
      if (rows.hasVector(field, ordinal)) {
        presence[field].set(size);
      }
    }
    long expiryMillis = cursor.hasExpiry() ? cursor.expiryMillis() : Long.MAX_VALUE;
    hasExpiring |= expiryMillis != Long.MAX_VALUE;
    expiry.set(ValueLayout.JAVA_LONG, (long) size << 3, expiryMillis);
    keys.putNew(cursor.slotKey(cursor.textKey()), size);
    return size++;
  }

  /// Completes the files.
  BaseManifest finish() {
    // Ordinals were counted beforehand, so that the key table has the size that readers expect.
    assert size == rowsMax : size + " of " + rowsMax;
    List<BaseManifest.Part> parts = new ArrayList<>();
    rowsCopier.flush();
    parts.add(seal(BaseManifest.ROWS, rowsWriter));
    parts.add(write(BaseManifest.OFFSETS, Base.OFFSETS, offsets.asSlice(0, (long) size << 2)));
    parts.add(write(BaseManifest.KEYS, Base.KEYS, slots.asSlice(0, KeyTable.sizeBytes(size))));
    if (hasExpiring) {
      parts.add(write(BaseManifest.EXPIRY, Base.EXPIRY, expiry.asSlice(0, (long) size << 3)));
    }
    for (int field = 0; field < vectorWriters.length; field++) {
      vectorCopiers[field].flush();
      parts.add(seal(BaseManifest.vectors(field), vectorWriters[field]));
      if (presence[field].cardinality() < size) {
        MemorySegment words = presence[field].words().asSlice(0, Bitmap.sizeBytes(size));
        parts.add(write(BaseManifest.presence(field), Base.PRESENCE, words));
      }
    }
    return new BaseManifest(target.number(), size, parts);
  }

  private SealedFile.Writer create(String role, SealedFile.Format format) {
    SealedFile.Writer writer =
        SealedFile.create(
            target.disk(), BaseManifest.file(target.directory(), target.number(), role), format);
    writers.add(writer);
    return writer;
  }

  private BaseManifest.Part write(String role, SealedFile.Format format, MemorySegment payload) {
    SealedFile.Writer writer = create(role, format);
    writer.write(payload);
    return seal(role, writer);
  }

  private static BaseManifest.Part seal(String role, SealedFile.Writer writer) {
    long sizeBytes = writer.position();
    return new BaseManifest.Part(role, writer.seal(), sizeBytes);
  }

  @Override
  public void close() {
    try (arena) {
      KindredException failure = null;
      for (SealedFile.Writer writer : writers) {
        failure = close(writer, failure);
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static @Nullable KindredException close(
      SealedFile.Writer writer, @Nullable KindredException earlier) {
    try {
      writer.close();
      return earlier;
    } catch (KindredException e) {
      if (earlier == null) {
        return e;
      }
      earlier.addSuppressed(e);
      return earlier;
    }
  }

  private void closeAfter(RuntimeException cause) {
    try {
      close();
    } catch (KindredException e) {
      cause.addSuppressed(e);
    }
  }

  /// Copies pieces to a file, joining those that follow each other in their source.
  private static final class RunCopier {
    private final SealedFile.Writer writer;
    private MemorySegment source = MemorySegment.NULL;
    private long start;
    private long end;
    private long position;

    RunCopier(SealedFile.Writer writer) {
      this.writer = writer;
    }

    /// Bytes copied so far.
    long position() {
      return position;
    }

    void copy(MemorySegment from, long offset, long length) {
      if (from.address() != source.address() || offset != end) {
        flush();
        source = from;
        start = offset;
        end = offset;
      }
      end += length;
      position += length;
    }

    void flush() {
      if (end > start) {
        writer.write(source.asSlice(start, end - start));
      }
      start = end;
    }
  }
}
