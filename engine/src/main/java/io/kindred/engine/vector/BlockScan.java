package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;

/// One run over consecutive blocks of codes: where they are, how their sums become distances, and
/// the rows that are near enough. Owned by the searching thread; reused, so that a search allocates
/// nothing.
///
/// The distance of a row is `base + term + scale · sum`, with the term that is stored with it.
public final class BlockScan {
  /// Blocks of one run.
  public static final int BLOCKS_MAX = 64;

  private static final int ROWS_MAX = BLOCKS_MAX * CodeBlocks.ROWS;

  /// Codes and terms; native memory, kept alive by the caller.
  MemorySegment codes = MemorySegment.NULL;

  MemorySegment terms = MemorySegment.NULL;
  int components;

  int firstBlock;
  int blockCount;
  float base;
  float scale;
  float bound;

  final float[] distances = new float[ROWS_MAX];
  final int[] rows = new int[ROWS_MAX];

  /// Sums of one block, for kernels that need the room.
  final short[] sums = new short[4 * CodeBlocks.ROWS];

  final int[] wideSums = new int[CodeBlocks.ROWS];

  /// Sets what is scanned.
  ///
  /// @param codes in a layout of [CodeBlocks], from block 0 on
  /// @param terms float32 of every row of every block; infinite where a block has no row
  public void over(MemorySegment codes, MemorySegment terms, int components) {
    this.codes = codes;
    this.terms = terms;
    this.components = components;
  }

  /// Sets which blocks come next.
  ///
  /// @param blockCount at most [#BLOCKS_MAX]
  public void blocks(int firstBlock, int blockCount) {
    assert blockCount <= BLOCKS_MAX : blockCount;
    this.firstBlock = firstBlock;
    this.blockCount = blockCount;
  }

  /// Sets how sums become distances.
  ///
  /// @param bound rows that are not nearer are left out
  public void distances(float base, float scale, float bound) {
    this.base = base;
    this.scale = scale;
    this.bound = bound;
  }

  /// A row that was found, counted from row 0 of block 0.
  public int row(int found) {
    return rows[found];
  }

  public float distance(int found) {
    return distances[found];
  }

  /// Checks once that every block of the run is inside its segment.
  ///
  /// @return the address of the run's first block
  long checkedAddress(long blockBytes) {
    long end = (long) firstBlock + blockCount;
    if (firstBlock < 0
        || end * blockBytes > codes.byteSize()
        || end * CodeBlocks.ROWS * Float.BYTES > terms.byteSize()) {
      throw new IndexOutOfBoundsException(
          "blocks: " + firstBlock + " to " + end + " (expected: inside the segment)");
    }
    return codes.address() + firstBlock * blockBytes;
  }

  /// The address of the terms of the run's first block.
  long termsAddress() {
    return terms.address() + (long) firstBlock * CodeBlocks.ROWS * Float.BYTES;
  }
}
