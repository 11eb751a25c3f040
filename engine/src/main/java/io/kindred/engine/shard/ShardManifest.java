package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A shard's state on disk and the log position that it stands for, as one commit: replacing this
/// file makes new files count and old ones not. Immutable. See `docs/formats/manifest.md`.
///
/// @param logId the log that the position belongs to
/// @param appliedPosition every record of this shard up to here is in the files
/// @param base null where no row is in a base
/// @param checkpoint the rest of the state
record ShardManifest(
    long logId,
    long appliedPosition,
    long logTimeMillis,
    @Nullable BaseManifest base,
    Checkpointed checkpoint) {
  static final SealedFile.Format FORMAT = new SealedFile.Format("manifest", 1);
  private static final String NAME = "MANIFEST";
  private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  /// The checkpoint file.
  record Checkpointed(long number, long fileId, long sizeBytes) {
    static Path file(Path directory, long number) {
      return directory.resolve("checkpoint-%08d".formatted(number));
    }
  }

  static Path file(Path directory) {
    return directory.resolve(NAME);
  }

  void write(Disk disk, Path directory) {
    ByteWriter out = new ByteWriter("manifest", 1 << 20);
    out.putLong(logId);
    out.putLong(appliedPosition);
    out.putLong(logTimeMillis);
    out.putLong(checkpoint.number());
    out.putLong(checkpoint.fileId());
    out.putLong(checkpoint.sizeBytes());
    out.putInt(base == null ? 0 : base.rowCount());
    if (base != null) {
      out.putLong(base.number());
      out.putInt(base.parts().size());
      for (BaseManifest.Part part : base.parts()) {
        byte[] role = part.role().getBytes(StandardCharsets.UTF_8);
        out.putShort(role.length);
        out.putBytes(role);
        out.putLong(part.fileId());
        out.putLong(part.sizeBytes());
      }
    }
    SealedFile.replace(disk, file(directory), FORMAT, out.asBuffer());
  }

  /// @throws KindredException `CORRUPT`, naming the file
  static ShardManifest read(Disk disk, Path directory) {
    ByteBuffer in =
        ByteBuffer.wrap(SealedFile.read(disk, file(directory), FORMAT))
            .order(ByteOrder.LITTLE_ENDIAN);
    return SealedFile.decode(file(directory), () -> read(in, directory));
  }

  private static ShardManifest read(ByteBuffer in, Path directory) {
    try {
      long logId = in.getLong();
      long appliedPosition = in.getLong();
      long logTimeMillis = in.getLong();
      Checkpointed checkpoint = new Checkpointed(in.getLong(), in.getLong(), in.getLong());
      int rowCount = in.getInt();
      BaseManifest base = rowCount == 0 ? null : readBase(in, rowCount);
      return new ShardManifest(logId, appliedPosition, logTimeMillis, base, checkpoint);
    } catch (BufferUnderflowException e) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          file(directory) + ": too short (expected: a whole manifest; restore it from a backup)",
          e);
    }
  }

  private static BaseManifest readBase(ByteBuffer in, int rowCount) {
    long number = in.getLong();
    int partCount = in.getInt();
    List<BaseManifest.Part> parts = new ArrayList<>();
    for (int i = 0; i < partCount; i++) {
      byte[] role = new byte[in.getShort()];
      in.get(role);
      String name = new String(role, StandardCharsets.UTF_8);
      if (!ROLE.matcher(name).matches()) {
        // It becomes a part of a file's name, and must not lead out of the directory.
        throw new IllegalArgumentException("part " + name + " of the base");
      }
      parts.add(new BaseManifest.Part(name, in.getLong(), in.getLong()));
    }
    return new BaseManifest(number, rowCount, parts);
  }

  /// Names of the files that count.
  Set<Path> files(Path directory) {
    Set<Path> files = new HashSet<>();
    files.add(file(directory));
    files.add(Checkpointed.file(directory, checkpoint.number()));
    if (base != null) {
      files.addAll(base.files(directory));
    }
    return files;
  }
}
