package io.kindred.engine.index;

import io.kindred.engine.index.IndexSearch.Passing;
import org.jspecify.annotations.Nullable;

/// Which ordinals may be returned by a search: alive, not expired, not excluded, matching the
/// filter. Owned by the searching thread.
public interface Pass {
  Pass ALL = ordinal -> true;

  /// The last word, also on ordinals of [#bits] and [#list]. Where there is a list and there are no
  /// bits, it is asked of ordinals of the list only.
  boolean test(int ordinal);

  /// Bits outside which no ordinal passes, or null where there are none. To test a bit costs next
  /// to nothing, so a search asks it before it computes a distance.
  default @Nullable PassBits bits() {
    return null;
  }

  /// A list outside which no ordinal passes, or null where there is none.
  default @Nullable OrdinalList list() {
    return null;
  }

  /// Makes the bits of what is slow to test, where that is worth it: once the time that searches
  /// spent without them adds up to what making them takes.
  ///
  /// @param nanosWithout what this search takes more than it would with them
  /// @return what is left to test of an ordinal whose bit is set, or null where none were made
  default @Nullable Passing makeBits(double nanosWithout) {
    return null;
  }

  /// How many times as long as from the cache it takes to compare the rows that [#bits] name, at
  /// least 1, as far as searches with the same bits have found out. It is several times where other
  /// rows were compared meanwhile, so that these are not in the cache any more.
  default double slowness() {
    return 1;
  }

  /// Takes note of [#slowness], for searches to come.
  default void setSlowness(double times) {}

  /// Nanoseconds that [#test] takes, about, for ordinals in ascending order.
  default double testNanos() {
    return SearchCosts.TEST_NANOS;
  }
}
