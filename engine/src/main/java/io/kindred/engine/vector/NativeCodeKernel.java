package io.kindred.engine.vector;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The loops of `lists.inc`, for one instruction set. Immutable, thread-safe.
///
/// A record, as the compiler takes only the fields of records for constants, and calls through
/// constant handles directly.
record NativeCodeKernel(MethodHandle nibblesHandle, MethodHandle bytesHandle)
    implements CodeKernel {

  static NativeCodeKernel of(NativeLibrary library) {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfFloat real = ValueLayout.JAVA_FLOAT;
    FunctionDescriptor type =
        FunctionDescriptor.of(number, ValueLayout.JAVA_LONG, number, number, real, real, real);
    return new NativeCodeKernel(
        library.function("scan_nibbles", type), library.function("scan_bytes", type));
  }

  @Override
  public int scanNibbles(BlockScan scan) {
    scan.checkNibbles();
    try {
      return (int)
          nibblesHandle.invokeExact(
              scan.address(), scan.firstBlock, scan.blockCount, scan.base, scan.scale, scan.bound);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public int scanBytes(BlockScan scan) {
    scan.checkBytes();
    float base = scan.base + scan.scale * scan.table.rest();
    float scale = scan.scale * scan.table.step();
    try {
      return (int)
          bytesHandle.invokeExact(
              scan.address(), scan.firstBlock, scan.blockCount, base, scale, scan.bound);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }
}
