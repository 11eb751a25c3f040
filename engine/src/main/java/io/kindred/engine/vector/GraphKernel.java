package io.kindred.engine.vector;

import io.kindred.engine.Metric;

/// The hot loops over a graph of coded rows. Each call does all of a walk, so that what a call
/// costs does not matter. Stateless, thread-safe; the caller owns the memory and has checked the
/// numbers.
///
/// See `engine/src/main/c/kernels.inc` for the same loops in C; a test compares them.
public sealed interface GraphKernel permits JavaGraphKernel, NativeGraphKernel {

  /// The kernel of this process: native code where there is any for this machine.
  static GraphKernel best() {
    return Kernels.GRAPH;
  }

  /// The kernel that needs nothing but the JDK.
  static GraphKernel java() {
    return JavaGraphKernel.INSTANCE;
  }

  /// Takes a stored row as the walk's query.
  void load(CodeRows rows, int row, Walk walk);

  /// Distances of the rows `ids[0 .. count)` of the walk to its query, into its distances.
  ///
  /// @param count at most [Walk#BATCH_MAX]
  void score(CodeRows rows, Walk walk, int count);

  /// Finds the `width` nearest rows that a best-first walk from the nearest entries reaches.
  void search(GraphMemory graph, Walk walk, int width);

  /// Finds the `width` nearest rows that a best-first walk from `ids[0 .. starts)` reaches.
  void walk(GraphMemory graph, Walk walk, int starts, int width);

  /// Finds near passing rows by a walk that compares no others, and goes through them to their
  /// neighbours: ACORN-1 (Patel et al., arXiv 2403.04871).
  ///
  /// @param passing address of one bit a row
  void searchPassing(GraphMemory graph, Walk walk, int width, long passing);

  /// Finds the nearest rows, passing or not, until enough pass: where a share of those in the beam
  /// passes, it becomes `least + wanted / share` wide.
  ///
  /// @param width the widest that it may become
  /// @param passing address of one bit a row
  /// @param wanted fewer passing rows than these and one are never enough
  /// @return how many rows in the beam pass
  int searchThrough(
      GraphMemory graph, Walk walk, int width, long passing, float least, float wanted);

  /// How many of the nearest entries pass.
  ///
  /// @param count of how many, at most as many as the walk has room for
  /// @param passing address of one bit a row
  int passingEntries(GraphMemory graph, Walk walk, int count, long passing);

  /// Compares all rows whose bit is set, and keeps the `width` nearest in the walk's beam.
  ///
  /// @param passing address of the bits, 64 of which are a word
  /// @param words how many of those
  void scanPassing(CodeRows rows, Walk walk, int width, long passing, long words);

  /// Compares listed rows, and keeps the `width` nearest in the walk's beam.
  ///
  /// @param listed address of int32 row numbers
  void scanListed(CodeRows rows, Walk walk, int width, long listed, int count);

  /// Chooses which of a node's near rows it links to: each one that is nearer to the node than to
  /// any chosen before it (Malkov and Yashunin, algorithm 4; alpha as in DiskANN's robust pruning).
  ///
  /// The candidates, nearest first, are the walk's; those marked are known to be diverse among each
  /// other and are not compared again. The chosen ones come first afterwards, then those refused.
  /// The query is lost.
  ///
  /// @param max at most as many are chosen
  /// @param alpha above 1, one that is a little nearer to a chosen one is kept
  /// @return how many were chosen
  int select(CodeRows rows, Walk walk, int count, int max, float alpha);

  /// Distances of the float rows `ids[0 .. count)` of the walk to its floats, into its distances:
  /// l2 the squared distance, dot the negated inner product, cosine the negated cosine.
  ///
  /// @param count at most [Walk#BATCH_MAX]
  void scoreFloats(Metric metric, VectorRows rows, Walk walk, int count);
}
