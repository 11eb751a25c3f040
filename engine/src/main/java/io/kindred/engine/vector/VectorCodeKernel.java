package io.kindred.engine.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Code scans with the Vector API. Immutable, thread-safe.
///
/// Vectors stay within a method: passed to one that is not inlined, they become objects. So do
/// those of a method that is larger than what the compiler inlines operations into; hence two
/// methods for each kind of block, one for sums and one for distances.
final class VectorCodeKernel implements CodeKernel {
  static final VectorCodeKernel INSTANCE = new VectorCodeKernel();

  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> EIGHT_SHORTS = ShortVector.SPECIES_128;
  private static final VectorSpecies<Integer> EIGHT_INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> EIGHT_FLOATS = FloatVector.SPECIES_256;
  private static final int EIGHT = 8;

  /// Bytes of one component of a block of nibbles, and entries of its table.
  private static final int COMPONENT_BYTES = 16;

  /// Where the table of each byte's component begins in a register of tables.
  private static final ByteVector TABLE_STARTS = tableStarts();

  /// Registers of eight sums before they are added up.
  private static final int SUM_VECTORS = BYTES.length() / COMPONENT_BYTES;

  private static final long TERMS_BYTES = CodeBlocks.ROWS * (long) Float.BYTES;

  private VectorCodeKernel() {}

  private static ByteVector tableStarts() {
    byte[] starts = new byte[BYTES.length()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (byte) (i & -COMPONENT_BYTES);
    }
    return ByteVector.fromArray(BYTES, starts, 0);
  }

  @Override
  public int scanNibbles(BlockScan scan) {
    scan.checkNibbles();
    long entries = scan.table.entries().address();
    long blockBytes = CodeBlocks.nibbleBlockBytes(scan.components);
    long address = scan.codesAddress(blockBytes);
    long terms = scan.termsAddress();
    int row = scan.firstBlock * CodeBlocks.ROWS;
    int found = 0;
    for (int block = 0; block < scan.blockCount; block++) {
      sumNibbles(entries, scan.sums, address, (int) blockBytes);
      found = keep(scan, nearNibbles(scan, terms), row, found);
      address += blockBytes;
      terms += TERMS_BYTES;
      row += CodeBlocks.ROWS;
    }
    return found;
  }

  /// Looks up each half byte of a block. Sums are of 16 bits: those of all bytes hold the even ones
  /// and, 256-fold, the odd ones, which are subtracted in the end.
  private static void sumNibbles(long table, short[] sums, long address, int blockBytes) {
    ShortVector all = ShortVector.zero(SHORTS);
    ShortVector odd = all;
    ShortVector allHigh = all;
    ShortVector oddHigh = all;
    for (int i = 0; i < blockBytes; i += BYTES.length()) {
      ByteVector codes = Memory.loadBytes(address + i);
      ByteVector tables = Memory.loadBytes(table + i);
      ByteVector low = codes.and((byte) 15).or(TABLE_STARTS);
      ShortVector entries = low.selectFrom(tables).reinterpretAsShorts();
      all = all.add(entries);
      odd = odd.add(entries.lanewise(VectorOperators.LSHR, 8));
      ByteVector high =
          codes
              .reinterpretAsShorts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and((byte) 15)
              .or(TABLE_STARTS);
      entries = high.selectFrom(tables).reinterpretAsShorts();
      allHigh = allHigh.add(entries);
      oddHigh = oddHigh.add(entries.lanewise(VectorOperators.LSHR, 8));
    }
    int lanes = SHORTS.length();
    all.sub(odd.lanewise(VectorOperators.LSHL, 8)).intoArray(sums, 0);
    odd.intoArray(sums, lanes);
    allHigh.sub(oddHigh.lanewise(VectorOperators.LSHL, 8)).intoArray(sums, 2 * lanes);
    oddHigh.intoArray(sums, 3 * lanes);
  }

  /// Adds up what the registers of a block's sums hold, and makes distances of it.
  ///
  /// @return a bit for each row that is near enough
  private static long nearNibbles(BlockScan scan, long terms) {
    short[] sums = scan.sums;
    long near = 0;
    int at = 0;
    for (int group = 0; group < CodeBlocks.ROWS; group += EIGHT) {
      ShortVector sum = ShortVector.fromArray(EIGHT_SHORTS, sums, at);
      at += EIGHT;
      for (int i = 1; i < SUM_VECTORS; i++) {
        sum = sum.add(ShortVector.fromArray(EIGHT_SHORTS, sums, at));
        at += EIGHT;
      }
      FloatVector distances =
          ((FloatVector)
                  sum.convertShape(VectorOperators.ZERO_EXTEND_S2I, EIGHT_INTS, 0)
                      .convertShape(VectorOperators.I2F, EIGHT_FLOATS, 0))
              .mul(scan.scale)
              .add(Memory.load(EIGHT_FLOATS, terms + (long) group * Float.BYTES))
              .add(scan.base);
      distances.intoArray(scan.blockDistances, group);
      near |= distances.lt(scan.bound).toLong() << group;
    }
    return near;
  }

  /// Takes the rows of the block that are near enough.
  private static int keep(BlockScan scan, long near, int firstRow, int found) {
    int kept = found;
    for (long left = near; left != 0; left &= left - 1) {
      int row = Long.numberOfTrailingZeros(left);
      scan.put(kept++, firstRow + row, scan.blockDistances[row]);
    }
    return kept;
  }

  @Override
  public int scanBytes(BlockScan scan) {
    scan.checkBytes();
    long weights = scan.table.weights().address();
    long blockBytes = CodeBlocks.byteBlockBytes(scan.components);
    int padded = CodeBlocks.paddedComponents(scan.components);
    long address = scan.codesAddress(blockBytes);
    long terms = scan.termsAddress();
    int row = scan.firstBlock * CodeBlocks.ROWS;
    int found = 0;
    for (int block = 0; block < scan.blockCount; block++) {
      for (int group = 0; group < CodeBlocks.ROWS; group += 2 * Memory.LANES) {
        sumBytes(weights, scan.blockDistances, address, padded, group);
      }
      found = keep(scan, nearBytes(scan, terms), row, found);
      address += blockBytes;
      terms += TERMS_BYTES;
      row += CodeBlocks.ROWS;
    }
    return found;
  }

  /// Two registers of rows, each with a sum for each of the four components that come together: so
  /// many additions can be under way at once.
  ///
  /// @param group first row of the block that is looked at
  private static void sumBytes(long weights, float[] sums, long address, int padded, int group) {
    FloatVector a0 = FloatVector.zero(Memory.SPECIES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    long at = address + (long) group * Integer.BYTES;
    for (int m = 0; m < padded; m += 4) {
      FloatVector w0 = FloatVector.broadcast(Memory.SPECIES, Memory.get(weights, m));
      FloatVector w1 = FloatVector.broadcast(Memory.SPECIES, Memory.get(weights, m + 1));
      FloatVector w2 = FloatVector.broadcast(Memory.SPECIES, Memory.get(weights, m + 2));
      FloatVector w3 = FloatVector.broadcast(Memory.SPECIES, Memory.get(weights, m + 3));
      IntVector codes = Memory.loadInts(at);
      a0 = component(codes.and(255)).fma(w0, a0);
      a1 = component(codes.lanewise(VectorOperators.LSHR, 8).and(255)).fma(w1, a1);
      a2 = component(codes.lanewise(VectorOperators.LSHR, 16).and(255)).fma(w2, a2);
      a3 = component(codes.lanewise(VectorOperators.LSHR, 24)).fma(w3, a3);
      codes = Memory.loadInts(at + (long) Memory.LANES * Integer.BYTES);
      b0 = component(codes.and(255)).fma(w0, b0);
      b1 = component(codes.lanewise(VectorOperators.LSHR, 8).and(255)).fma(w1, b1);
      b2 = component(codes.lanewise(VectorOperators.LSHR, 16).and(255)).fma(w2, b2);
      b3 = component(codes.lanewise(VectorOperators.LSHR, 24)).fma(w3, b3);
      at += 4L * CodeBlocks.ROWS;
    }
    a0.add(a1).add(a2.add(a3)).intoArray(sums, group);
    b0.add(b1).add(b2.add(b3)).intoArray(sums, group + Memory.LANES);
  }

  /// Makes distances of the sums of a block.
  ///
  /// @return a bit for each row that is near enough
  private static long nearBytes(BlockScan scan, long terms) {
    long near = 0;
    for (int group = 0; group < CodeBlocks.ROWS; group += Memory.LANES) {
      FloatVector distances =
          FloatVector.fromArray(Memory.SPECIES, scan.blockDistances, group)
              .mul(scan.scale)
              .add(Memory.load(Memory.SPECIES, terms + (long) group * Float.BYTES))
              .add(scan.base);
      distances.intoArray(scan.blockDistances, group);
      near |= distances.lt(scan.bound).toLong() << group;
    }
    return near;
  }

  private static FloatVector component(IntVector codes) {
    return (FloatVector) codes.convertShape(VectorOperators.I2F, Memory.SPECIES, 0);
  }
}
