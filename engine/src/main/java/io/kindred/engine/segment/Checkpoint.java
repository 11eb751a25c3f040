package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a shard holds beyond its base, at one log position: the deltas, which rows are dead, and
/// what it remembers of changes. See `docs/formats/checkpoint.md`.
///
/// Captured while nothing is applied, then written while the shard goes on. Owned by one thread;
/// the caller holds the lifetimes of base and deltas until it is closed.
public final class Checkpoint implements AutoCloseable {
  public static final SealedFile.Format FORMAT = new SealedFile.Format("checkpoint", 2);

  /// One that takes writes, and one that is being folded.
  private static final int DELTAS_MAX = 2;

  private final Arena arena = Arena.ofShared();
  private final Schema schema;
  private final @Nullable Bitmap baseDead;
  private final List<DeltaImage> deltas = new ArrayList<>();
  private final Supplier<Remembered> remembered;

  private record DeltaImage(Delta delta, int size, long rowBytes, Bitmap dead) {}

  /// Changes that are not to be applied again, encoded.
  ///
  /// @param operations by their ids
  /// @param sources how far each source of events was applied
  public record Remembered(byte[] operations, byte[] sources) {}

  /// The format of a file: that of this release, or an earlier one that is read. A file of neither
  /// is refused where it is opened as that of this release.
  public static SealedFile.Format formatOf(Disk disk, Path file) {
    return SealedFile.formatOf(disk, file, List.of(FORMAT, CheckpointV1.FORMAT));
  }

  /// @param deltas the older first
  /// @param remembered encodes what is remembered now, once it is written
  public Checkpoint(
      Schema schema, @Nullable Base base, List<Delta> deltas, Supplier<Remembered> remembered) {
    this.schema = schema;
    this.baseDead = base == null ? null : base.dead().copy(base.size(), arena);
    for (Delta delta : deltas) {
      int size = delta.size();
      this.deltas.add(
          new DeltaImage(delta, size, delta.rowBytes(), delta.dead().copy(size, arena)));
    }
    this.remembered = remembered;
  }

  /// Writes the file.
  ///
  /// @return its id and size
  public BaseManifest.Part write(Disk disk, Path file) {
    try (SealedFile.Writer out = SealedFile.create(disk, file, FORMAT)) {
      writeLong(out, baseDead == null ? 0 : baseDead.size());
      if (baseDead != null) {
        out.write(baseDead.words().asSlice(0, Bitmap.sizeBytes(baseDead.size())));
      }
      writeLong(out, deltas.size());
      for (DeltaImage image : deltas) {
        write(out, image);
      }
      Remembered encoded = remembered.get();
      writeBytes(out, encoded.operations());
      writeBytes(out, encoded.sources());
      long sizeBytes = out.position();
      return new BaseManifest.Part("checkpoint", out.seal(), sizeBytes);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void write(SealedFile.Writer out, DeltaImage image) {
    Delta delta = image.delta();
    writeLong(out, image.size());
    writeLong(out, image.rowBytes());
    out.write(delta.images().rows().asSlice(0, image.rowBytes()));
    out.write(delta.images().offsets().asSlice(0, (long) image.size() * Integer.BYTES));
    out.alignTo(64);
    for (int field = 0; field < schema.vectorCount(); field++) {
      long stride = delta.vectors(field).strideBytes();
      out.write(delta.vectors(field).data().asSlice(0, image.size() * stride));
      out.alignTo(64);
    }
    out.write(image.dead().words().asSlice(0, Bitmap.sizeBytes(image.size())));
  }

  private static void writeBytes(SealedFile.Writer out, byte[] bytes) {
    writeLong(out, bytes.length);
    out.write(MemorySegment.ofArray(bytes));
  }

  private static void writeLong(SealedFile.Writer out, long value) {
    out.write(MemorySegment.ofArray(new long[] {value}));
  }

  /// What a checkpoint file held.
  ///
  /// @param deltas the older first; each with one reference for the caller
  public record Restored(List<Delta> deltas, Remembered remembered) {}

  /// Where to restore from, and how.
  public record Source(Disk disk, Path file, long fileId) {}

  /// Reads a checkpoint, checks all of it, and marks the base's dead rows.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  public static Restored restore(
      Source source, Schema schema, @Nullable Base base, DeltaFactory deltas) {
    try (Arena arena = Arena.ofShared()) {
      SealedFile.Format format = formatOf(source.disk(), source.file());
      SealedFile file = SealedFile.open(source.disk(), source.file(), format, arena);
      file.verify();
      if (file.fileId() != source.fileId()) {
        throw corrupt(source.file(), "another file's id", "the id that the manifest names");
      }
      return new Restoring(source.file(), file.payload(), schema, deltas)
          .restore(base, format.equals(FORMAT));
    }
  }

  /// Makes the deltas to restore into.
  ///
  /// @param reaper frees their memory after the last lease
  public record DeltaFactory(Delta.Capacity capacity, Executor reaper) {}

  private static KindredException corrupt(Path file, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        file + ": " + found + " (expected: " + expected + "; restore the file from a backup)");
  }

  private static final class Restoring {
    private final Path file;
    private final MemorySegment payload;
    private final Schema schema;
    private final DeltaFactory factory;
    private long at;

    Restoring(Path file, MemorySegment payload, Schema schema, DeltaFactory factory) {
      this.file = file;
      this.payload = payload;
      this.schema = schema;
      this.factory = factory;
    }

    Restored restore(@Nullable Base base, boolean hasSources) {
      List<Delta> deltas = new ArrayList<>();
      try {
        restoreInto(deltas, base);
        return new Restored(deltas, readRemembered(hasSources));
      } catch (RuntimeException e) {
        deltas.forEach(delta -> delta.lifetime().release());
        if (e instanceof KindredException) {
          throw e;
        }
        throw (KindredException)
            corrupt(file, "content that does not fit", "a whole checkpoint").initCause(e);
      }
    }

    private void restoreInto(List<Delta> deltas, @Nullable Base base) {
      int baseSize = readInt();
      if (baseSize != (base == null ? 0 : base.size())) {
        throw corrupt(file, "bits for " + baseSize + " rows", "the size of the manifest's base");
      }
      if (base != null) {
        markDead(base, baseSize);
      }
      int deltaCount = readInt();
      if (deltaCount < 1 || deltaCount > DELTAS_MAX) {
        throw corrupt(file, deltaCount + " deltas", "1 to " + DELTAS_MAX);
      }
      for (int i = 0; i < deltaCount; i++) {
        deltas.add(readDelta());
      }
    }

    private Remembered readRemembered(boolean hasSources) {
      byte[] operations = readBytes();
      Remembered remembered =
          hasSources
              ? new Remembered(operations, readBytes())
              : CheckpointV1.remembered(operations);
      if (at != payload.byteSize()) {
        throw corrupt(file, "bytes behind the last part", "none");
      }
      return remembered;
    }

    private byte[] readBytes() {
      int length = readInt();
      byte[] bytes = payload.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
      at += length;
      return bytes;
    }

    private Delta readDelta() {
      int size = readInt();
      long rowBytes = readLong();
      long bytesLeft = payload.byteSize() - at;
      if (size < 0 || size > bytesLeft || rowBytes < 0 || rowBytes > bytesLeft) {
        // Before memory is reserved for what is not there.
        throw corrupt(file, size + " rows of " + rowBytes + " bytes", "what the file holds");
      }
      // A changed configuration must not keep a full delta from being read.
      Delta.Capacity configured = factory.capacity();
      Delta.Capacity capacity =
          new Delta.Capacity(
              Math.max(configured.rowsMax(), size), Math.max(configured.bytesMax(), rowBytes));
      Delta delta = Delta.create(schema, capacity, factory.reaper());
      try {
        read(delta, size, rowBytes);
        return delta;
      } catch (RuntimeException e) {
        delta.lifetime().release();
        throw e;
      }
    }

    private void read(Delta delta, int size, long rowBytes) {
      copyTo(delta.images().rows(), rowBytes);
      copyTo(delta.images().offsets(), (long) size * Integer.BYTES);
      at = (at + 63) & -64;
      for (int field = 0; field < schema.vectorCount(); field++) {
        copyTo(delta.vectors(field).data(), size * delta.vectors(field).strideBytes());
        at = (at + 63) & -64;
      }
      delta.restore(size, rowBytes);
      markDead(delta, size);
    }

    private void markDead(Rows rows, int size) {
      Bitmap dead = Bitmap.of(payload.asSlice(at, Bitmap.sizeBytes(size)), size);
      for (int ordinal = 0; ordinal < size; ordinal++) {
        if (dead.get(ordinal)) {
          rows.markDead(ordinal);
        }
      }
      if (rows.deadCount() != dead.cardinality()) {
        throw corrupt(file, "bits behind the last row", "none");
      }
      at += Bitmap.sizeBytes(size);
    }

    private void copyTo(MemorySegment target, long bytes) {
      MemorySegment.copy(payload, at, target, 0, bytes);
      at += bytes;
    }

    private int readInt() {
      return Math.toIntExact(readLong());
    }

    private long readLong() {
      long value = payload.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
      at += Long.BYTES;
      return value;
    }
  }
}
