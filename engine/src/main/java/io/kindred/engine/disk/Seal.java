package io.kindred.engine.disk;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// What a [SealedFile] says of itself in its header and footer. The id is random and the payload's
/// length and checksum are the content's, so that two files of one seal are equal. Immutable.
///
/// @param checksum CRC-32C of the payload and the zeros behind it
public record Seal(String format, int version, long fileId, long payloadBytes, int checksum) {
  /// Above any file of a shard: rows, vectors and graphs of 2³¹ rows.
  private static final long PAYLOAD_BYTES_MAX = 1L << 48;

  public Seal {
    if (payloadBytes < 0 || payloadBytes > PAYLOAD_BYTES_MAX) {
      throw KindredException.of(
          ErrorCode.CORRUPT, "payload bytes", payloadBytes, "0 to " + PAYLOAD_BYTES_MAX);
    }
  }

  /// Bytes of the whole file.
  public long fileBytes() {
    return SealedFileLayout.fileBytes(payloadBytes);
  }

  /// Reads header and footer of a file; the payload is not looked at.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  public static Seal read(Disk.ReadFile file) {
    String name = file.path().toString();
    long size = file.sizeBytes();
    if (size < SealedFileLayout.fileBytes(0)) {
      throw damaged(name, size + " bytes", "at least " + SealedFileLayout.fileBytes(0));
    }
    ByteBuffer header = littleEndian(SealedFileLayout.HEADER_BYTES);
    file.read(0, header);
    ByteBuffer footer = littleEndian(SealedFileLayout.FOOTER_BYTES);
    file.read(size - SealedFileLayout.FOOTER_BYTES, footer);
    return decode(name, header, footer, size);
  }

  /// Seals a small payload: the bytes of the whole file.
  public static ByteBuffer wrap(SealedFile.Format format, long fileId, ByteBuffer payload) {
    int payloadBytes = payload.remaining();
    int footerAt = Math.toIntExact(SealedFileLayout.footerOffset(payloadBytes));
    ByteBuffer content = ByteBuffer.allocate(footerAt + SealedFileLayout.FOOTER_BYTES);
    content.put(SealedFile.header(format, fileId)).put(payload.duplicate()).position(footerAt);
    CRC32C checksum = new CRC32C();
    checksum.update(
        content.array(), SealedFileLayout.HEADER_BYTES, footerAt - SealedFileLayout.HEADER_BYTES);
    return content.put(SealedFile.footer(payloadBytes, fileId, (int) checksum.getValue())).flip();
  }

  /// The payload of a whole small file, of which every byte was checked.
  ///
  /// @param name what errors call the file
  /// @throws KindredException `CORRUPT` where it is damaged, of another format, too old or too new
  public static ByteBuffer unwrap(String name, byte[] file, SealedFile.Format format) {
    long size = file.length;
    if (size < SealedFileLayout.fileBytes(0)) {
      throw damaged(name, size + " bytes", "at least " + SealedFileLayout.fileBytes(0));
    }
    ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int footerAt = (int) size - SealedFileLayout.FOOTER_BYTES;
    Seal seal =
        decode(
            name,
            all.slice(0, SealedFileLayout.HEADER_BYTES),
            all.slice(footerAt, SealedFileLayout.FOOTER_BYTES),
            size);
    Check check = new Check(name, seal);
    check.update(all.duplicate());
    check.finish();
    if (!seal.format().equals(format.name())) {
      throw damaged(name, "format " + seal.format(), format.name());
    }
    if (seal.version() != format.version()) {
      String age = seal.version() < format.version() ? "old" : "new";
      throw new KindredException(
          ErrorCode.CORRUPT,
          "%s is too %s: %s version %d (expected: %d); use the release that wrote it"
              .formatted(name, age, seal.format(), seal.version(), format.version()));
    }
    return all.slice(SealedFileLayout.HEADER_BYTES, (int) seal.payloadBytes())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Seal decode(String name, ByteBuffer header, ByteBuffer footer, long size) {
    ByteBuffer head = header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer foot = footer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long magic = head.getLong(SealedFileLayout.MAGIC_OFFSET);
    if (magic != SealedFileLayout.MAGIC) {
      throw damaged(name, "first bytes %016x".formatted(magic), "the mark of a Kindred file");
    }
    require(
        name,
        "header checksum",
        checksumOfFirst(head, SealedFileLayout.HEADER_CHECKSUM_OFFSET),
        head.getInt(SealedFileLayout.HEADER_CHECKSUM_OFFSET));
    require(
        name,
        "footer checksum",
        checksumOfFirst(foot, SealedFileLayout.FOOTER_CHECKSUM_OFFSET),
        foot.getInt(SealedFileLayout.FOOTER_CHECKSUM_OFFSET));
    long fileId = head.getLong(SealedFileLayout.HEADER_FILE_ID_OFFSET);
    long footerId = foot.getLong(SealedFileLayout.FOOTER_FILE_ID_OFFSET);
    if (fileId != footerId) {
      throw damaged(
          name, "file id at the end %016x".formatted(footerId), "%016x".formatted(fileId));
    }
    long payloadBytes = foot.getLong(SealedFileLayout.PAYLOAD_BYTES_OFFSET);
    Seal seal =
        new Seal(
            nameIn(head),
            head.getInt(SealedFileLayout.VERSION_OFFSET),
            fileId,
            payloadBytes,
            foot.getInt(SealedFileLayout.PAYLOAD_CHECKSUM_OFFSET));
    if (seal.fileBytes() != size) {
      throw damaged(name, size + " bytes", seal.fileBytes() + " bytes, as its footer says");
    }
    return seal;
  }

  private static String nameIn(ByteBuffer header) {
    byte[] name = new byte[SealedFileLayout.NAME_BYTES];
    header.get(SealedFileLayout.NAME_OFFSET, name);
    return new String(name, StandardCharsets.US_ASCII).replace("\0", "");
  }

  private static void require(String name, String what, int actual, int expected) {
    if (actual != expected) {
      throw damaged(name, what + " %08x".formatted(actual), "%08x".formatted(expected));
    }
  }

  private static KindredException damaged(String name, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT, name + " is damaged: " + found + " (expected: " + expected + ")");
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksumOfFirst(ByteBuffer bytes, int count) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, count));
    return (int) checksum.getValue();
  }

  /// Looks at a file that passes by, front to back, and says in the end whether it is the one that
  /// was expected, down to the last bit. Owned by one thread.
  public static final class Check {
    private final String name;
    private final Seal expected;
    private final ByteBuffer header = littleEndian(SealedFileLayout.HEADER_BYTES);
    private final ByteBuffer footer = littleEndian(SealedFileLayout.FOOTER_BYTES);
    private final CRC32C checksum = new CRC32C();
    private final long footerAt;
    private long at;

    /// Expects a file of a seal; format and version are not compared.
    ///
    /// @param name what errors call the file
    public Check(String name, Seal expected) {
      this.name = name;
      this.expected = expected;
      this.footerAt = SealedFileLayout.footerOffset(expected.payloadBytes());
    }

    /// Takes the remaining bytes of the buffer, which come next in the file.
    ///
    /// @throws KindredException `CORRUPT` where the file is longer than expected
    public void update(ByteBuffer bytes) {
      ByteBuffer rest = bytes.duplicate();
      if (rest.remaining() > expected.fileBytes() - at) {
        throw damaged(name, "more bytes", expected.fileBytes() + " bytes");
      }
      header.put(take(rest, SealedFileLayout.HEADER_BYTES));
      checksum.update(take(rest, footerAt));
      footer.put(take(rest, expected.fileBytes()));
    }

    /// The bytes up to an offset of the file.
    private ByteBuffer take(ByteBuffer rest, long toByte) {
      int count = Math.clamp(toByte - at, 0, rest.remaining());
      ByteBuffer taken = rest.slice(rest.position(), count);
      rest.position(rest.position() + count);
      at += count;
      return taken;
    }

    /// Compares all that was taken.
    ///
    /// @throws KindredException `CORRUPT`, naming the file and what is wrong
    public void finish() {
      if (at != expected.fileBytes()) {
        throw damaged(name, at + " bytes", expected.fileBytes() + " bytes");
      }
      Seal found = decode(name, header.clear(), footer.clear(), at);
      require(name, "payload checksum", (int) checksum.getValue(), found.checksum());
      if (found.fileId() != expected.fileId()) {
        throw damaged(
            name, "file id %016x".formatted(found.fileId()), "%016x".formatted(expected.fileId()));
      }
      require(name, "payload checksum", found.checksum(), expected.checksum());
    }
  }
}
