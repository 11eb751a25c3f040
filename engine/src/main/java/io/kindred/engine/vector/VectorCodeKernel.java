package io.kindred.engine.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Code scans with the Vector API. Immutable, thread-safe.
final class VectorCodeKernel extends CodeKernel {
  static final VectorCodeKernel INSTANCE = new VectorCodeKernel();

  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
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

  private VectorCodeKernel() {}

  private static ByteVector tableStarts() {
    byte[] starts = new byte[BYTES.length()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (byte) (i & -COMPONENT_BYTES);
    }
    return ByteVector.fromArray(BYTES, starts, 0);
  }

  @Override
  public int scanNibbles(byte[] table, BlockScan scan) {
    long blockBytes = CodeBlocks.nibbleBlockBytes(scan.components);
    long address = scan.checkedAddress(blockBytes);
    long terms = scan.termsAddress();
    int row = scan.firstBlock * CodeBlocks.ROWS;
    int found = 0;
    for (int block = 0; block < scan.blockCount; block++) {
      sumNibbles(table, address, (int) blockBytes, scan.sums);
      found = keepNibbles(scan, terms, row, found);
      address += blockBytes;
      terms += CodeBlocks.ROWS * (long) Float.BYTES;
      row += CodeBlocks.ROWS;
    }
    return found;
  }

  /// Looks up each half byte of a block. Sums are of 16 bits: those of all bytes hold the even ones
  /// and, 256-fold, the odd ones, which are subtracted in the end.
  private static void sumNibbles(byte[] table, long address, int blockBytes, short[] sums) {
    ShortVector all = ShortVector.zero(ShortVector.SPECIES_PREFERRED);
    ShortVector odd = all;
    ShortVector allHigh = all;
    ShortVector oddHigh = all;
    for (int i = 0; i < blockBytes; i += BYTES.length()) {
      ByteVector codes = Memory.loadBytes(address + i);
      ByteVector tables = ByteVector.fromArray(BYTES, table, i);
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
    int lanes = all.length();
    all.sub(odd.lanewise(VectorOperators.LSHL, 8)).intoArray(sums, 0);
    odd.intoArray(sums, lanes);
    allHigh.sub(oddHigh.lanewise(VectorOperators.LSHL, 8)).intoArray(sums, 2 * lanes);
    oddHigh.intoArray(sums, 3 * lanes);
  }

  private static int keepNibbles(BlockScan scan, long terms, int row, int found) {
    int kept = found;
    int at = 0;
    for (int group = 0; group < CodeBlocks.ROWS; group += EIGHT) {
      ShortVector sum = ShortVector.fromArray(EIGHT_SHORTS, scan.sums, at);
      at += EIGHT;
      for (int i = 1; i < SUM_VECTORS; i++) {
        sum = sum.add(ShortVector.fromArray(EIGHT_SHORTS, scan.sums, at));
        at += EIGHT;
      }
      FloatVector distances =
          ((FloatVector)
                  sum.convertShape(VectorOperators.ZERO_EXTEND_S2I, EIGHT_INTS, 0)
                      .convertShape(VectorOperators.I2F, EIGHT_FLOATS, 0))
              .mul(scan.scale)
              .add(Memory.load(EIGHT_FLOATS, terms + (long) group * Float.BYTES))
              .add(scan.base);
      long near = distances.lt(scan.bound).toLong();
      if (near != 0) {
        kept = keep(scan, distances, near, row + group, kept);
      }
    }
    return kept;
  }

  private static int keep(
      BlockScan scan, FloatVector distances, long near, int firstRow, int found) {
    if (found + distances.length() > scan.distances.length) {
      // The last rows of a full run: the array has room for them alone.
      return keepLast(scan, distances, near, firstRow, found);
    }
    distances.compress(distances.lt(scan.bound)).intoArray(scan.distances, found);
    int kept = found;
    for (long left = near; left != 0; left &= left - 1) {
      scan.rows[kept++] = firstRow + Long.numberOfTrailingZeros(left);
    }
    return kept;
  }

  private static int keepLast(
      BlockScan scan, FloatVector distances, long near, int firstRow, int found) {
    int kept = found;
    for (long left = near; left != 0; left &= left - 1) {
      int lane = Long.numberOfTrailingZeros(left);
      scan.rows[kept] = firstRow + lane;
      scan.distances[kept++] = distances.lane(lane);
    }
    return kept;
  }

  @Override
  public int scanBytes(float[] weights, BlockScan scan) {
    long blockBytes = CodeBlocks.byteBlockBytes(scan.components);
    long address = scan.checkedAddress(blockBytes);
    long terms = scan.termsAddress();
    int row = scan.firstBlock * CodeBlocks.ROWS;
    int found = 0;
    int step = 2 * Memory.LANES;
    for (int block = 0; block < scan.blockCount; block++) {
      for (int group = 0; group < CodeBlocks.ROWS; group += step) {
        found =
            scanGroup(
                weights,
                scan,
                address + (long) group * Integer.BYTES,
                terms + (long) group * Float.BYTES,
                row + group,
                found);
      }
      address += blockBytes;
      terms += CodeBlocks.ROWS * (long) Float.BYTES;
      row += CodeBlocks.ROWS;
    }
    return found;
  }

  /// Two registers of rows, each with a sum for each of the four components that come together: so
  /// many additions can be under way at once.
  private static int scanGroup(
      float[] weights, BlockScan scan, long address, long terms, int row, int found) {
    FloatVector a0 = FloatVector.zero(Memory.SPECIES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    int padded = CodeBlocks.paddedComponents(scan.components);
    long at = address;
    for (int m = 0; m < padded; m += 4) {
      FloatVector w0 = FloatVector.broadcast(Memory.SPECIES, weights[m]);
      FloatVector w1 = FloatVector.broadcast(Memory.SPECIES, weights[m + 1]);
      FloatVector w2 = FloatVector.broadcast(Memory.SPECIES, weights[m + 2]);
      FloatVector w3 = FloatVector.broadcast(Memory.SPECIES, weights[m + 3]);
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
    FloatVector distances =
        a0.add(a1)
            .add(a2.add(a3))
            .mul(scan.scale)
            .add(Memory.load(Memory.SPECIES, terms))
            .add(scan.base);
    int kept = found;
    long near = distances.lt(scan.bound).toLong();
    if (near != 0) {
      kept = keep(scan, distances, near, row, kept);
    }
    distances =
        b0.add(b1)
            .add(b2.add(b3))
            .mul(scan.scale)
            .add(Memory.load(Memory.SPECIES, terms + (long) Memory.LANES * Float.BYTES))
            .add(scan.base);
    near = distances.lt(scan.bound).toLong();
    return near == 0 ? kept : keep(scan, distances, near, row + Memory.LANES, kept);
  }

  private static FloatVector component(IntVector codes) {
    return (FloatVector) codes.convertShape(VectorOperators.I2F, Memory.SPECIES, 0);
  }
}
