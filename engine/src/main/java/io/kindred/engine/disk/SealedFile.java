package io.kindred.engine.disk;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/// An immutable file with a payload in a checked frame, opened for reading.
///
/// Immutable; the payload lives as long as the arena that it was opened with. The frame is
/// described by [SealedFileLayout]: a file that was not sealed has no footer and is refused.
public final class SealedFile {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long CHECKSUM_CHUNK_BYTES = 16L << 20;
  private static final int PIECE_BYTES = 1 << 18;
  private static final SecureRandom FILE_IDS = new SecureRandom();

  private final Path path;
  private final MemorySegment file;
  private final long payloadBytes;

  private SealedFile(Path path, MemorySegment file, long payloadBytes) {
    this.path = path;
    this.file = file;
    this.payloadBytes = payloadBytes;
  }

  /// What a file holds: its name on disk and the one version of it that the caller reads.
  /// Immutable.
  ///
  /// @param name 1 to 16 ASCII letters, digits and dashes
  public record Format(String name, int version) {
    public Format {
      if (!name.matches("[a-z0-9-]{1," + SealedFileLayout.NAME_BYTES + "}")) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "format name",
            name,
            "1 to 16 lower-case letters, digits and dashes");
      }
      if (version < 1) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT, "format version", version, "at least 1");
      }
    }
  }

  /// Starts a file; what was at the path is deleted.
  public static Writer create(Disk disk, Path path, Format format) {
    return Writer.create(disk, path, format, newFileId());
  }

  /// Replaces a small file as one step.
  ///
  /// @return the id of the new file
  public static long replace(Disk disk, Path path, Format format, ByteBuffer payload) {
    long fileId = newFileId();
    disk.replace(path, Seal.wrap(format, fileId, payload));
    return fileId;
  }

  /// Opens a file for reading by mapping it. Header, footer, format, version and length are
  /// checked; the payload only by [#verify].
  ///
  /// @throws KindredException `CORRUPT` where the file is damaged, or of an older or newer version
  public static SealedFile open(Disk disk, Path path, Format format, Arena arena) {
    return check(path, disk.map(path, arena), format);
  }

  /// That of some formats which a file says it has, or the first where it has none of them, so that
  /// who opens it is told what is wrong. Nothing is checked.
  ///
  /// @param readable versions of one format, the newest first
  public static Format formatOf(Disk disk, Path path, List<Format> readable) {
    try (Disk.ReadFile file = disk.open(path)) {
      if (file.sizeBytes() < SealedFileLayout.HEADER_BYTES) {
        return readable.getFirst();
      }
      MemorySegment header = readPiece(file, 0, SealedFileLayout.HEADER_BYTES);
      int version = header.get(INT, SealedFileLayout.VERSION_OFFSET);
      return readable.stream()
          .filter(format -> format.version() == version)
          .findFirst()
          .orElse(readable.getFirst());
    }
  }

  /// Reads a file in pieces and checks all of it, header to footer, without mapping it.
  ///
  /// @param pace is told the bytes of each piece that was read; it may wait, or throw to end it
  /// @throws KindredException `CORRUPT` where the file is damaged, or of an older or newer version
  public static Checked check(Disk disk, Path path, Format format, LongConsumer pace) {
    try (Disk.ReadFile file = disk.open(path)) {
      long sizeBytes = file.sizeBytes();
      requireSize(path, sizeBytes);
      MemorySegment header = readPiece(file, 0, SealedFileLayout.HEADER_BYTES);
      checkHeader(path, header, format);
      long footerAt = sizeBytes - SealedFileLayout.FOOTER_BYTES;
      MemorySegment footer = readPiece(file, footerAt, SealedFileLayout.FOOTER_BYTES);
      long fileId = header.get(LONG, SealedFileLayout.HEADER_FILE_ID_OFFSET);
      final long payloadBytes = checkFooter(path, footer, footerAt, fileId);
      CRC32C checksum = new CRC32C();
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      for (long at = SealedFileLayout.HEADER_BYTES; at < footerAt; at += piece.limit()) {
        piece.clear().limit((int) Math.min(PIECE_BYTES, footerAt - at));
        readFully(file, at, piece);
        checksum.update(piece.flip());
        pace.accept(piece.limit());
      }
      requireChecksum(path, (int) checksum.getValue(), footer);
      return new Checked(fileId, payloadBytes);
    }
  }

  /// What [#check] has read. Immutable.
  public record Checked(long fileId, long payloadBytes) {}

  private static MemorySegment readPiece(Disk.ReadFile file, long at, int bytes) {
    ByteBuffer piece = ByteBuffer.allocate(bytes);
    readFully(file, at, piece);
    return MemorySegment.ofArray(piece.array());
  }

  private static void readFully(Disk.ReadFile file, long at, ByteBuffer piece) {
    int expected = piece.remaining();
    int count = file.read(at, piece);
    if (count < expected) {
      throw corrupt(file.path(), "bytes from " + at + " on: " + count, String.valueOf(expected));
    }
  }

  /// Reads the payload of a small file, verified.
  ///
  /// @throws KindredException as [#open] and [#verify]
  public static byte[] read(Disk disk, Path path, Format format) {
    SealedFile file = check(path, MemorySegment.ofArray(disk.read(path)), format);
    file.verify();
    return file.payload().toArray(ValueLayout.JAVA_BYTE);
  }

  /// What a reader makes of a file's content. A reader may rely on a file being as it was written;
  /// where its checksums fit and its content does not, something else has made it.
  ///
  /// @throws KindredException `CORRUPT`, naming the file, where the reader fails
  public static <T> T decode(Path path, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (KindredException e) {
      throw e;
    } catch (RuntimeException e) {
      KindredException damaged = corrupt(path, "content: " + e, "what a Kindred store writes");
      damaged.initCause(e);
      throw damaged;
    }
  }

  public Path path() {
    return path;
  }

  /// Read-only; begins 64-byte aligned where the file is mapped.
  public MemorySegment payload() {
    return file.asSlice(SealedFileLayout.HEADER_BYTES, payloadBytes);
  }

  public long payloadBytes() {
    return payloadBytes;
  }

  /// Random, so that a file is never mistaken for another of the same name.
  public long fileId() {
    return file.get(LONG, SealedFileLayout.HEADER_FILE_ID_OFFSET);
  }

  /// Reads the whole payload and compares its checksum.
  ///
  /// @throws KindredException `CORRUPT` where it differs
  public void verify() {
    long footerAt = SealedFileLayout.footerOffset(payloadBytes);
    int actual =
        checksum(
            file.asSlice(SealedFileLayout.HEADER_BYTES, footerAt - SealedFileLayout.HEADER_BYTES));
    requireChecksum(path, actual, file.asSlice(footerAt));
  }

  private static void requireChecksum(Path path, int actual, MemorySegment footer) {
    int expected = footer.get(INT, SealedFileLayout.PAYLOAD_CHECKSUM_OFFSET);
    if (actual != expected) {
      throw corrupt(path, "payload checksum: " + hex(actual), hex(expected));
    }
  }

  /// The error of content that is not what it should be, for those who read the payload.
  public KindredException damaged(String found, String expected) {
    return corrupt(path, found, expected);
  }

  private static SealedFile check(Path path, MemorySegment mapped, Format format) {
    MemorySegment file = mapped.asReadOnly();
    requireSize(path, file.byteSize());
    checkHeader(path, file.asSlice(0, SealedFileLayout.HEADER_BYTES), format);
    long footerAt = file.byteSize() - SealedFileLayout.FOOTER_BYTES;
    long fileId = file.get(LONG, SealedFileLayout.HEADER_FILE_ID_OFFSET);
    return new SealedFile(path, file, checkFooter(path, file.asSlice(footerAt), footerAt, fileId));
  }

  private static void requireSize(Path path, long sizeBytes) {
    long smallest = SealedFileLayout.fileBytes(0);
    if (sizeBytes < smallest) {
      throw corrupt(path, "size: " + sizeBytes, "at least " + smallest + ", never sealed");
    }
  }

  private static void checkHeader(Path path, MemorySegment header, Format format) {
    long magic = header.get(LONG, SealedFileLayout.MAGIC_OFFSET);
    if (magic != SealedFileLayout.MAGIC) {
      throw corrupt(path, "first bytes: %016x".formatted(magic), "the mark of a Kindred file");
    }
    int checksum = checksum(header.asSlice(0, SealedFileLayout.HEADER_CHECKSUM_OFFSET));
    int expected = header.get(INT, SealedFileLayout.HEADER_CHECKSUM_OFFSET);
    if (checksum != expected) {
      throw corrupt(path, "header checksum: " + hex(checksum), hex(expected));
    }
    String name = nameIn(header);
    if (!name.equals(format.name())) {
      throw corrupt(path, "format: " + name, format.name());
    }
    int version = header.get(INT, SealedFileLayout.VERSION_OFFSET);
    if (version < format.version()) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "file: %s is too old: %s version %d (expected: %d); export it with the release that wrote it and import it again"
              .formatted(path, name, version, format.version()));
    }
    if (version > format.version()) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "file: %s is too new: %s version %d (expected: %d); start the newer release that wrote it"
              .formatted(path, name, version, format.version()));
    }
  }

  /// The length of the payload.
  private static long checkFooter(Path path, MemorySegment footer, long footerAt, long headerId) {
    int checksum = checksum(footer.asSlice(0, SealedFileLayout.FOOTER_CHECKSUM_OFFSET));
    int expected = footer.get(INT, SealedFileLayout.FOOTER_CHECKSUM_OFFSET);
    if (checksum != expected) {
      throw corrupt(path, "footer checksum: " + hex(checksum), hex(expected));
    }
    long payloadBytes = footer.get(LONG, SealedFileLayout.PAYLOAD_BYTES_OFFSET);
    if (payloadBytes < 0 || SealedFileLayout.footerOffset(payloadBytes) != footerAt) {
      throw corrupt(
          path,
          "payload bytes: " + payloadBytes,
          "what a file with its end at " + footerAt + " holds");
    }
    long footerId = footer.get(LONG, SealedFileLayout.FOOTER_FILE_ID_OFFSET);
    if (headerId != footerId) {
      throw corrupt(
          path, "file id at the end: %016x".formatted(footerId), "%016x".formatted(headerId));
    }
    return payloadBytes;
  }

  private static String nameIn(MemorySegment header) {
    byte[] bytes =
        header
            .asSlice(SealedFileLayout.NAME_OFFSET, SealedFileLayout.NAME_BYTES)
            .toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
  }

  static ByteBuffer header(Format format, long fileId) {
    ByteBuffer header = littleEndian(SealedFileLayout.HEADER_BYTES);
    header.putLong(SealedFileLayout.MAGIC_OFFSET, SealedFileLayout.MAGIC);
    header.put(SealedFileLayout.NAME_OFFSET, format.name().getBytes(StandardCharsets.US_ASCII));
    header.putInt(SealedFileLayout.VERSION_OFFSET, format.version());
    header.putLong(SealedFileLayout.HEADER_FILE_ID_OFFSET, fileId);
    header.putInt(
        SealedFileLayout.HEADER_CHECKSUM_OFFSET,
        checksumOfFirst(header, SealedFileLayout.HEADER_CHECKSUM_OFFSET));
    return header;
  }

  static ByteBuffer footer(long payloadBytes, long fileId, int payloadChecksum) {
    ByteBuffer footer = littleEndian(SealedFileLayout.FOOTER_BYTES);
    footer.putLong(SealedFileLayout.PAYLOAD_BYTES_OFFSET, payloadBytes);
    footer.putLong(SealedFileLayout.FOOTER_FILE_ID_OFFSET, fileId);
    footer.putInt(SealedFileLayout.PAYLOAD_CHECKSUM_OFFSET, payloadChecksum);
    footer.putInt(
        SealedFileLayout.FOOTER_CHECKSUM_OFFSET,
        checksumOfFirst(footer, SealedFileLayout.FOOTER_CHECKSUM_OFFSET));
    return footer;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksumOfFirst(ByteBuffer bytes, int count) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, count));
    return (int) checksum.getValue();
  }

  private static int checksum(MemorySegment bytes) {
    CRC32C checksum = new CRC32C();
    for (long at = 0; at < bytes.byteSize(); at += CHECKSUM_CHUNK_BYTES) {
      long count = Math.min(CHECKSUM_CHUNK_BYTES, bytes.byteSize() - at);
      checksum.update(bytes.asSlice(at, count).asByteBuffer());
    }
    return (int) checksum.getValue();
  }

  /// An id that no other file has.
  public static long newFileId() {
    return FILE_IDS.nextLong();
  }

  private static String hex(int checksum) {
    return "%08x".formatted(checksum);
  }

  private static KindredException corrupt(Path path, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "file: %s is damaged: %s (expected: %s); restore it from a snapshot, or delete its table and import it again"
            .formatted(path, found, expected));
  }

  /// Writes a [SealedFile], front to back. Owned by one thread at a time.
  ///
  /// A file that is closed before it was sealed is deleted.
  public static final class Writer implements AutoCloseable {
    private static final long BUFFER_BYTES = 1 << 20;

    private final Disk disk;
    private final Disk.AppendFile file;
    private final long fileId;
    private final CRC32C checksum = new CRC32C();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);
    private long buffered;
    private long position;
    private boolean isSealed;
    private boolean isClosed;

    private Writer(Disk disk, Disk.AppendFile file, long fileId) {
      this.disk = disk;
      this.file = file;
      this.fileId = fileId;
    }

    static Writer create(Disk disk, Path path, SealedFile.Format format, long fileId) {
      // Deleted rather than cut: a reader may still have the old file mapped.
      disk.delete(path);
      Writer writer = new Writer(disk, disk.append(path, 0), fileId);
      try {
        writer.file.append(SealedFile.header(format, fileId));
        return writer;
      } catch (RuntimeException e) {
        writer.closeAfter(e);
        throw e;
      }
    }

    public void write(MemorySegment bytes) {
      long done = 0;
      while (done < bytes.byteSize()) {
        if (buffered == BUFFER_BYTES) {
          flush();
        }
        long count = Math.min(BUFFER_BYTES - buffered, bytes.byteSize() - done);
        MemorySegment.copy(bytes, done, buffer, buffered, count);
        buffered += count;
        position += count;
        done += count;
      }
    }

    /// Writes the remaining bytes of the buffer.
    public void write(ByteBuffer bytes) {
      write(MemorySegment.ofBuffer(bytes));
      bytes.position(bytes.limit());
    }

    /// Bytes of payload written so far.
    public long position() {
      return position;
    }

    /// Writes zeros until the position is a multiple of a power of two.
    public void alignTo(int alignment) {
      assert Integer.bitCount(alignment) == 1 : alignment;
      long zeros = -position & (alignment - 1L);
      if (zeros > 0) {
        write(MemorySegment.ofArray(new byte[(int) zeros]));
      }
    }

    /// Completes the file and forces it to the device. Only [#close] may follow.
    ///
    /// @return the id of the file
    public long seal() {
      long payloadBytes = position;
      alignTo(SealedFileLayout.ALIGNMENT);
      flush();
      file.append(SealedFile.footer(payloadBytes, fileId, (int) checksum.getValue()));
      file.sync();
      // The padding is no payload.
      position = payloadBytes;
      isSealed = true;
      return fileId;
    }

    @Override
    public void close() {
      if (isClosed) {
        return;
      }
      isClosed = true;
      try (arena) {
        file.close();
      } finally {
        if (!isSealed) {
          disk.delete(file.path());
        }
      }
    }

    private void closeAfter(RuntimeException cause) {
      try {
        close();
      } catch (KindredException e) {
        cause.addSuppressed(e);
      }
    }

    private void flush() {
      if (buffered > 0) {
        ByteBuffer bytes = buffer.asSlice(0, buffered).asByteBuffer();
        checksum.update(bytes);
        file.append(bytes.flip());
        buffered = 0;
      }
    }
  }
}
