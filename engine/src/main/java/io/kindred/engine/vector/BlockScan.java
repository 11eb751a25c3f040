package io.kindred.engine.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One run over consecutive blocks of codes: where they are, how their sums become distances, and
/// the rows that are near enough. Owned by the searching thread; reused, so that a search allocates
/// nothing.
///
/// The distance of a row is `base + term + scale · sum`, with the term that is stored with it.
public final class BlockScan {
  /// Blocks of one run.
  public static final int BLOCKS_MAX = 64;

  private static final int ROWS_MAX = BLOCKS_MAX * CodeBlocks.ROWS;

  /// What a kernel may write behind the last row.
  private static final int SLACK = 16;

  private static final int ALIGNMENT = 64;

  /// `struct scan` of kindred.h.
  private static final int CODES = 0;

  private static final int TERMS = 8;
  private static final int ENTRIES = 16;
  private static final int STEPS = 24;
  private static final int DISTANCES = 32;
  private static final int ROWS = 40;
  private static final int COMPONENTS = 48;
  private static final int AHEAD = 56;
  private static final int BYTES = 64;

  /// No block is read ahead.
  public static final int NOTHING_AHEAD = -1;

  private final MemorySegment description = Arena.ofAuto().allocate(BYTES, Long.BYTES);
  private final long address = description.address();
  private final MemorySegment distances = numbers();
  private final MemorySegment rows = numbers();

  /// Codes and terms; native memory, kept alive by the caller.
  MemorySegment codes = MemorySegment.NULL;

  MemorySegment terms = MemorySegment.NULL;
  ScanTable table = new ScanTable();
  int components;

  int firstBlock;
  int blockCount;
  float base;
  float scale;
  float bound;

  /// Sums and distances of one block, for kernels that need the room.
  final short[] sums = new short[4 * CodeBlocks.ROWS];

  final float[] blockDistances = new float[CodeBlocks.ROWS];

  public BlockScan() {
    description.set(ValueLayout.JAVA_LONG, DISTANCES, distances.address());
    description.set(ValueLayout.JAVA_LONG, ROWS, rows.address());
    readAhead(NOTHING_AHEAD);
  }

  private static MemorySegment numbers() {
    return Arena.ofAuto().allocate((ROWS_MAX + SLACK) * 4L, ALIGNMENT);
  }

  /// Sets what is scanned.
  ///
  /// @param table of the query, already filled
  /// @param codes in a layout of [CodeBlocks], from block 0 on
  /// @param terms float32 of every row of every block; infinite where a block has no row
  public void over(ScanTable table, MemorySegment codes, MemorySegment terms, int components) {
    this.table = table;
    this.codes = codes;
    this.terms = terms;
    this.components = components;
    description.set(ValueLayout.JAVA_LONG, CODES, codes.address());
    description.set(ValueLayout.JAVA_LONG, TERMS, terms.address());
    description.set(ValueLayout.JAVA_LONG, ENTRIES, table.entries().address());
    description.set(ValueLayout.JAVA_LONG, STEPS, table.steps().address());
    description.set(ValueLayout.JAVA_LONG, COMPONENTS, CodeBlocks.paddedComponents(components));
  }

  /// Sets which blocks come next.
  ///
  /// @param blockCount at most [#BLOCKS_MAX]
  public void blocks(int firstBlock, int blockCount) {
    this.firstBlock = firstBlock;
    this.blockCount = blockCount;
  }

  /// Sets what is brought into the cache while the run is scanned: as many blocks from here on, so
  /// that the next run does not wait for memory.
  ///
  /// @param firstBlock or [#NOTHING_AHEAD]
  public void readAhead(int firstBlock) {
    description.set(ValueLayout.JAVA_LONG, AHEAD, firstBlock);
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
    return rows.getAtIndex(ValueLayout.JAVA_INT, found);
  }

  public float distance(int found) {
    return distances.getAtIndex(ValueLayout.JAVA_FLOAT, found);
  }

  void put(int found, int row, float distance) {
    rows.setAtIndex(ValueLayout.JAVA_INT, found, row);
    distances.setAtIndex(ValueLayout.JAVA_FLOAT, found, distance);
  }

  /// Checks once that every block of the run is inside its segment, and the table wide enough.
  void check(long blockBytes, MemorySegment tableMemory, long tableBytes) {
    long end = (long) firstBlock + blockCount;
    if (firstBlock < 0
        || blockCount < 0
        || blockCount > BLOCKS_MAX
        || end * blockBytes > codes.byteSize()
        || end * CodeBlocks.ROWS * Float.BYTES > terms.byteSize()
        || tableBytes > tableMemory.byteSize()) {
      throw new IndexOutOfBoundsException(
          "blocks: " + firstBlock + " to " + end + " (expected: inside the segment)");
    }
  }

  void checkNibbles() {
    long tableBytes = (long) CodeBlocks.paddedComponents(components) * ScanTable.ENTRIES;
    check(CodeBlocks.nibbleBlockBytes(components), table.entries(), tableBytes);
  }

  void checkBytes() {
    long tableBytes = CodeBlocks.paddedComponents(components);
    check(CodeBlocks.byteBlockBytes(components), table.steps(), tableBytes);
  }

  /// The address of the run's first block.
  long codesAddress(long blockBytes) {
    return codes.address() + firstBlock * blockBytes;
  }

  /// The address of the terms of the run's first block.
  long termsAddress() {
    return terms.address() + (long) firstBlock * CodeBlocks.ROWS * Float.BYTES;
  }

  /// The address of the run, for native code.
  long address() {
    return address;
  }
}
