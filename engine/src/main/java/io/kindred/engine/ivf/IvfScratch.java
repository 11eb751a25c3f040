package io.kindred.engine.ivf;

import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.BlockScan;

/// The scratch memory of one search. Owned by the searching thread; grows to the largest index and
/// request it has met, then allocates nothing.
final class IvfScratch {
  final QueryTable table = new QueryTable();
  final QueryTable centroidTable = new QueryTable();
  final BlockScan scan = new BlockScan();
  final Reservoir nearestLists = new Reservoir();
  final Reservoir candidates = new Reservoir();

  /// For a graph over the centroids.
  final SearchContext graphContext = new SearchContext();

  final TopK graphTop = new TopK();

  /// Lists, nearest first, and how far their centroids are.
  int[] lists = new int[0];

  float[] listDistances = new float[0];

  /// Candidates to compare by their full vectors.
  int[] ordinals = new int[0];

  float[] distances = new float[0];

  /// The number of the search that has scanned a list last.
  private int[] scannedBy = new int[0];

  private int search;

  /// Rows of the scanned lists; of them, those near enough to be asked whether they pass, and those
  /// that did.
  long rowsScanned;

  long rowsTested;
  long rowsPassed;

  int listsScanned;

  /// Candidates below which lists are scanned on.
  private int candidatesMin;

  /// Starts a search over so many lists.
  void begin(int listCount, int candidatesMin) {
    this.candidatesMin = candidatesMin;
    rowsScanned = 0;
    rowsTested = 0;
    rowsPassed = 0;
    listsScanned = 0;
    if (scannedBy.length < listCount) {
      scannedBy = new int[listCount];
      search = 0;
    }
    if (++search == Integer.MAX_VALUE) {
      java.util.Arrays.fill(scannedBy, 0);
      search = 1;
    }
  }

  /// Whether more lists are to be scanned.
  boolean lacks(int listsWanted) {
    return listsScanned < listsWanted || candidates.size() < candidatesMin;
  }

  void ensureLists(int count) {
    if (lists.length < count) {
      lists = new int[count];
      listDistances = new float[count];
    }
  }

  void ensureCandidates(int count) {
    if (ordinals.length < count) {
      ordinals = new int[count];
      distances = new float[count];
    }
  }

  /// Marks a list as scanned.
  ///
  /// @return whether it was not yet
  boolean isFirst(int list) {
    if (scannedBy[list] == search) {
      return false;
    }
    scannedBy[list] = search;
    return true;
  }
}
