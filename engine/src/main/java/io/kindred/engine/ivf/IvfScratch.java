package io.kindred.engine.ivf;

import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.Walk;

/// The scratch memory of one search. Owned by the searching thread; grows to the largest index and
/// request it has met, then allocates nothing.
final class IvfScratch {
  final QueryTable table = new QueryTable();
  final QueryTable centroidTable = new QueryTable();
  final BlockScan scan = new BlockScan();
  final Reservoir nearestLists = new Reservoir();
  final Reservoir candidates = new Reservoir();

  /// For the full vectors of candidates.
  final Walk walk = new Walk();

  /// For a graph over the centroids.
  final SearchContext graphContext = new SearchContext();

  final TopK graphTop = new TopK();

  /// Lists, nearest first, and how far their centroids are.
  int[] lists = new int[0];

  float[] listDistances = new float[0];

  /// The number of the search that has scanned a list last.
  private int[] scannedBy = new int[0];

  private int search;

  /// Rows of the scanned lists.
  long rowsScanned;

  int listsScanned;

  /// How far away the centroid of the list is that was scanned last.
  float lastReach;

  /// Whether some rows do not pass; then the k nearest of all rows and of those that pass are kept
  /// apart, and how far behind the former the wanted lists reached.
  boolean isFiltered;

  final FarthestOf all = new FarthestOf();
  final FarthestOf passing = new FarthestOf();
  boolean hasMargin;
  float margin;

  /// Candidates below which lists are scanned on.
  int candidatesMin;

  /// Starts a search over so many lists.
  void begin(int listCount, int candidatesMin) {
    this.candidatesMin = candidatesMin;
    rowsScanned = 0;
    listsScanned = 0;
    isFiltered = false;
    hasMargin = false;
    all.reset(candidatesMin);
    passing.reset(candidatesMin);
    if (scannedBy.length < listCount) {
      scannedBy = new int[listCount];
      search = 0;
    }
    if (++search == Integer.MAX_VALUE) {
      java.util.Arrays.fill(scannedBy, 0);
      search = 1;
    }
  }

  void ensureLists(int count) {
    if (lists.length < count) {
      lists = new int[count];
      listDistances = new float[count];
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
