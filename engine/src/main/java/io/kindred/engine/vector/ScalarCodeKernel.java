package io.kindred.engine.vector;

import java.lang.foreign.ValueLayout;

/// The plain loops. Immutable, thread-safe.
final class ScalarCodeKernel extends CodeKernel {
  static final ScalarCodeKernel INSTANCE = new ScalarCodeKernel();

  private ScalarCodeKernel() {}

  @Override
  public int scanNibbles(byte[] table, BlockScan scan) {
    long blockBytes = CodeBlocks.nibbleBlockBytes(scan.components);
    int found = 0;
    for (int block = scan.firstBlock; block < scan.firstBlock + scan.blockCount; block++) {
      for (int row = 0; row < CodeBlocks.ROWS; row++) {
        int sum = 0;
        for (int m = 0; m < scan.components; m++) {
          sum += table[16 * m + CodeBlocks.nibble(scan.codes, block * blockBytes, row, m)] & 0xff;
        }
        found = keep(scan, found, block * CodeBlocks.ROWS + row, sum);
      }
    }
    return found;
  }

  @Override
  public int scanBytes(float[] weights, BlockScan scan) {
    long blockBytes = CodeBlocks.byteBlockBytes(scan.components);
    int found = 0;
    for (int block = scan.firstBlock; block < scan.firstBlock + scan.blockCount; block++) {
      for (int row = 0; row < CodeBlocks.ROWS; row++) {
        double sum = 0;
        for (int m = 0; m < scan.components; m++) {
          int code = CodeBlocks.byteAt(scan.codes, block * blockBytes, row, m) & 0xff;
          sum += (double) weights[m] * code;
        }
        found = keep(scan, found, block * CodeBlocks.ROWS + row, sum);
      }
    }
    return found;
  }

  private static int keep(BlockScan scan, int found, int row, double sum) {
    float term = scan.terms.getAtIndex(ValueLayout.JAVA_FLOAT, row);
    float distance = (float) ((double) scan.base + term + scan.scale * sum);
    if (distance < scan.bound) {
      scan.rows[found] = row;
      scan.distances[found] = distance;
      return found + 1;
    }
    return found;
  }
}
