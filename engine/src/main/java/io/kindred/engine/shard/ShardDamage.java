package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.segment.BaseManifest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wrong with the files of a shard's base. Thread-safe.
final class ShardDamage {
  private static final Logger LOG = LoggerFactory.getLogger(ShardDamage.class);

  private final String shard;

  /// Of rows, keys or vectors, or null. From then on nothing is read or folded: the answer could be
  /// wrong.
  private volatile @Nullable String fatal;

  /// Of files that the next fold makes again.
  private volatile List<String> rebuilds;

  /// @param rebuilds what is known already
  ShardDamage(String shard, List<String> rebuilds) {
    this.shard = shard;
    this.rebuilds = List.copyOf(rebuilds);
  }

  /// @throws KindredException `CORRUPT` where the shard's rows are damaged
  void requireWhole() {
    String known = fatal;
    if (known != null) {
      throw new KindredException(ErrorCode.CORRUPT, shard + ": " + known);
    }
  }

  /// Whether the shard's rows are as they were written.
  boolean isWhole() {
    return fatal == null;
  }

  /// What the next fold makes good, a sentence each.
  List<String> rebuilds() {
    return rebuilds;
  }

  /// All that is not yet made good, a sentence each.
  List<String> all() {
    String known = fatal;
    if (known == null) {
      return rebuilds;
    }
    List<String> all = new ArrayList<>(rebuilds);
    all.addFirst(known);
    return all;
  }

  /// Takes note of a damaged file.
  ///
  /// @param role as of [BaseManifest]
  synchronized void note(String role, String what) {
    if (!BaseManifest.isDerived(role)) {
      fatal = what;
      LOG.error("{} takes no reads and writes any more: {}", shard, what);
    } else if (!rebuilds.contains(what)) {
      List<String> more = new ArrayList<>(rebuilds);
      more.add(what);
      rebuilds = List.copyOf(more);
      LOG.warn("damaged, and made again by a fold: {}", what);
    }
  }

  /// Forgets what was wrong with files that a fold has made again. Those of the new base may have
  /// been noted meanwhile.
  synchronized void forget(List<String> madeAgain) {
    rebuilds = rebuilds.stream().filter(what -> !madeAgain.contains(what)).toList();
  }
}
