package io.kindred.engine.merge;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state of a `MergeOperation.AddToFilter`: a set that forgets its oldest ids. Immutable.
///
/// @param count ids that were added to the current filter
/// @param current takes ids until it has the operation's capacity
/// @param previous the one before, of the same size; null at first
public record AgeingFilter(long count, BloomFilter current, @Nullable BloomFilter previous) {
  /// Two filters in base64 leave room in a row's metadata.
  public static final int BITS_MAX = 65_536;

  private static final double LN_2_SQUARED = 0.480_453_013_918_201_4;

  /// The state in a metadata entry.
  ///
  /// @param name of the entry, for errors
  /// @throws KindredException `TYPE_MISMATCH` where it is another
  public static AgeingFilter of(String name, Value state) {
    if (state instanceof Value.Entries(Map<String, Value> members)
        && members.get("count") instanceof Value.Int64(long count)
        && count >= 0
        && members.get("current") instanceof Value.Entries current) {
      try {
        BloomFilter filter = BloomFilter.of(current);
        Value previous = members.get("previous");
        if (previous == null) {
          return new AgeingFilter(count, filter, null);
        }
        if (previous instanceof Value.Entries earlier) {
          BloomFilter before = BloomFilter.of(earlier);
          if (before.hasSizeOf(filter)) {
            return new AgeingFilter(count, filter, before);
          }
        }
      } catch (KindredException e) {
        throw (KindredException) mismatch(name).initCause(e);
      }
    }
    throw mismatch(name);
  }

  private static KindredException mismatch(String name) {
    return KindredException.of(
        ErrorCode.TYPE_MISMATCH, name, "another value", "the state of a filter of ids");
  }

  /// A state without ids.
  public static AgeingFilter empty(int hashes, int bits) {
    return new AgeingFilter(0, BloomFilter.empty(hashes, bits), null);
  }

  /// Bits of each filter, so that the union of two full ones errs at most at the rate: a power of
  /// two, beyond `BITS_MAX` where the capacity is too large.
  public static long bits(int capacity, double errorRate) {
    double needed = 2.0 * capacity * -StrictMath.log(errorRate) / LN_2_SQUARED;
    long bits = BloomFilter.BITS_MIN;
    while (bits < needed) {
      bits <<= 1;
    }
    return bits;
  }

  /// The largest capacity whose filters have at most `BITS_MAX` bits.
  public static int capacityMax(double errorRate) {
    return (int) (BITS_MAX * LN_2_SQUARED / (2.0 * -StrictMath.log(errorRate)));
  }

  /// Bits that each id sets.
  public static int hashes(double errorRate) {
    return (int) Math.max(1, StrictMath.ceil(-StrictMath.log(errorRate) / StrictMath.log(2)));
  }

  /// The state with one id more.
  public AgeingFilter with(long keyHash, int capacity) {
    if (current.mayContain(keyHash)) {
      return this;
    }
    if (count < capacity) {
      return new AgeingFilter(count + 1, current.with(keyHash), previous);
    }
    BloomFilter next = BloomFilter.empty(current.hashes(), current.bits()).with(keyHash);
    return new AgeingFilter(1, next, current);
  }

  /// What is in either filter.
  public BloomFilter union() {
    return previous == null ? current : current.or(previous);
  }

  public Value toValue() {
    Map<String, Value> members = new LinkedHashMap<>();
    members.put("count", Value.of(count));
    members.put("current", current.toValue());
    if (previous != null) {
      members.put("previous", previous.toValue());
    }
    return new Value.Entries(members);
  }
}
