package io.kindred.engine.shard;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.FilterCache;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of one part that a search may return: alive, with a vector, not expired, not excluded,
/// in no Bloom filter, and matching the filter. Owned by the searching thread, which closes it.
final class RowPass implements Pass, AutoCloseable {
  private final Rows rows;
  private final int field;
  private final boolean checksVector;
  private final boolean checksExpiry;
  private final long nowMillis;
  private final int[] excluded;
  private final @Nullable BloomFilter bloom;
  private final RowCursor cursor;

  /// What bits are kept of, and where; null for a delta, whose rows change.
  private @Nullable FilterCache cache;

  private FilterCache.@Nullable Kept kept;
  private @Nullable OrdinalList list;
  private @Nullable PassBits bits;
  private @Nullable BoundFilter filter;
  private boolean hasMadeBits;

  private RowPass(Rows rows, ShardQuery query, int[] excluded) {
    this.rows = rows;
    this.field = query.field();
    this.checksVector = rows.mayLackVector(field);
    this.checksExpiry = rows.mayExpire();
    this.nowMillis = query.nowMillis();
    this.excluded = excluded;
    this.bloom = query.bloom();
    this.filter = query.filter();
    this.cursor = new RowCursor(query.schema());
  }

  /// For the rows of a delta.
  ///
  /// @param excluded ordinals of this part, ascending
  static RowPass ofDelta(Rows rows, ShardQuery query, int[] excluded) {
    return new RowPass(rows, query, excluded);
  }

  /// For the rows of a base, with the bits that are kept of the filter.
  ///
  /// @param partition rows of the query's partition, or null where none is asked for, or the base
  ///   does not know it
  static RowPass ofBase(
      Base base, ShardQuery query, int[] excluded, @Nullable OrdinalList partition) {
    RowPass pass = new RowPass(base, query, excluded);
    BoundFilter whole = query.filter();
    if (whole != null) {
      ShardQuery.OfPartition ofPartition = query.partition();
      if (partition != null && ofPartition != null) {
        pass.list = partition;
        pass.filter = ofPartition.filter();
      }
      pass.cache = base.filters();
      pass.kept = pass.cache.hold(whole.digest());
      pass.useBits(pass.kept.bits());
    }
    return pass;
  }

  private void useBits(@Nullable PassBits found) {
    if (found != null) {
      bits = found;
      filter = null;
    }
  }

  /// What is left to test besides bits and list.
  Passing passing() {
    if (filter != null || bloom != null) {
      return Passing.FILTERED;
    }
    boolean isAll = rows.deadCount() == 0 && !checksVector && !checksExpiry && excluded.length == 0;
    return isAll ? Passing.ALL : Passing.LIVE;
  }

  /// Whether every row passes.
  boolean isAll() {
    return bits == null && list == null && passing() == Passing.ALL;
  }

  @Override
  public boolean test(int ordinal) {
    if ((bits != null && !bits.test(ordinal))
        || rows.isDead(ordinal)
        || (checksVector && !rows.hasVector(field, ordinal))
        || (checksExpiry && rows.expiryMillis(ordinal) <= nowMillis)
        || (excluded.length > 0 && Arrays.binarySearch(excluded, ordinal) >= 0)) {
      return false;
    }
    if (filter == null && bloom == null) {
      return true;
    }
    rows.read(ordinal, cursor);
    return (bloom == null || !bloom.mayContain(cursor.keyHash()))
        && (filter == null || filter.matches(cursor));
  }

  @Override
  public @Nullable PassBits bits() {
    return bits;
  }

  @Override
  public @Nullable OrdinalList list() {
    return list;
  }

  @Override
  public @Nullable Passing makeBits(double nanosWithout) {
    if (cache == null || kept == null || bits != null) {
      return null;
    }
    useBits(cache.makeWhenWorthIt(kept, filter, list, nanosWithout));
    hasMadeBits = bits != null;
    return hasMadeBits ? passing() : null;
  }

  @Override
  public double slowness() {
    return kept == null ? 1 : kept.slowness();
  }

  @Override
  public void setSlowness(double times) {
    if (kept != null) {
      kept.setSlowness(times);
    }
  }

  /// What was done about the filter: `made`, `kept`, `tested`.
  String filterState() {
    return hasMadeBits ? "made" : bits != null ? "kept" : "tested";
  }

  @Override
  public void close() {
    if (cache != null && kept != null) {
      cache.release(kept);
      kept = null;
      bits = null;
    }
  }
}
