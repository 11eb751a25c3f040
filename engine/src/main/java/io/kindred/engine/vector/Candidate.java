package io.kindred.engine.vector;

/// A distance and an ordinal packed into one long, ordered by distance, then by ordinal.
///
/// Bits 63 to 32 are the distance in an order-preserving form, 31 to 1 the ordinal, 0 the mark of a
/// beam for what it has expanded.
public final class Candidate {
  public static final long MARK = 1;

  private Candidate() {}

  public static long of(float distance, int ordinal) {
    int bits = Float.floatToRawIntBits(distance);
    // Negative floats order backwards by their bits.
    int ordered = bits ^ ((bits >> 31) & 0x7fff_ffff);
    return (long) ordered << 32 | (ordinal << 1 & 0xffff_ffffL);
  }

  public static int ordinal(long candidate) {
    return (int) candidate >>> 1;
  }

  public static float distance(long candidate) {
    int ordered = (int) (candidate >> 32);
    return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & 0x7fff_ffff));
  }
}
