package io.kindred.app.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/// Changes files of a store, and then makes their checksums fit again, as whoever means harm would:
/// what the checks behind the checksums let through is what a reader meets. Layouts:
/// docs/formats/sealed-file.md and docs/formats/log.md. Stateless.
final class Damage {
  private static final long MAGIC = 0x3144_4552_444e_494bL;
  private static final int HEADER_BYTES = 64;
  private static final int HEADER_CHECKSUM = 60;
  private static final int FOOTER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 32;

  private Damage() {}

  /// A changed file whose checksums fit again, where it is still long enough to have any.
  static byte[] sealed(Random random, byte[] file, byte[] other) {
    byte[] bytes = Mutations.of(random, file, other).clone();
    if (bytes.length < HEADER_BYTES) {
      return bytes;
    }
    ByteBuffer buffer = littleEndian(bytes);
    // Nobody reads on where the mark is another.
    buffer.putLong(0, MAGIC);
    buffer.putInt(HEADER_CHECKSUM, checksum(bytes, 0, HEADER_CHECKSUM));
    return isLog(bytes) ? sealedFrames(bytes) : sealedFooter(bytes);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean isLog(byte[] bytes) {
    return bytes[8] == 'l' && bytes[9] == 'o' && bytes[10] == 'g' && bytes[11] == 0;
  }

  private static byte[] sealedFrames(byte[] bytes) {
    ByteBuffer log = littleEndian(bytes);
    int at = HEADER_BYTES;
    while (at + FRAME_HEADER_BYTES <= bytes.length) {
      int length = log.getInt(at + 4);
      long end = (at + FRAME_HEADER_BYTES + (long) length + 7) & -8L;
      if (length < 0 || end > bytes.length) {
        break;
      }
      log.putInt(at, checksum(bytes, at + 4, (int) end));
      at = (int) end;
    }
    return bytes;
  }

  /// The length of the payload is left as it is said where that can be, since it decides where the
  /// footer is.
  private static byte[] sealedFooter(byte[] bytes) {
    int footer = (bytes.length & -8) - FOOTER_BYTES;
    if (footer < HEADER_BYTES) {
      return bytes;
    }
    byte[] whole = Arrays.copyOf(bytes, footer + FOOTER_BYTES);
    ByteBuffer sealed = littleEndian(whole);
    long payload = sealed.getLong(footer);
    if (((HEADER_BYTES + payload + 7) & -8L) != footer) {
      sealed.putLong(footer, footer - HEADER_BYTES);
    }
    sealed.putLong(footer + 8, sealed.getLong(32));
    sealed.putInt(footer + 16, checksum(whole, HEADER_BYTES, footer));
    sealed.putInt(footer + 28, checksum(whole, footer, footer + 28));
    return whole;
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }
}
