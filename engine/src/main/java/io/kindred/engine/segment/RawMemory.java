package io.kindred.engine.segment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Numbers at native addresses, without the checks of a segment per access, which cost a look-up
/// more than its own work. Immutable.
///
/// Who asks has made sure that the address is inside memory of its own, and holds a lease on it. As
/// one constant segment spans the whole address space, the compiler leaves the checks out.
final class RawMemory {
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final MemorySegment ALL = addressSpace();

  private RawMemory() {}

  @SuppressWarnings("restricted")
  private static MemorySegment addressSpace() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
  }

  static int getIntAcquire(long address) {
    return (int) INT.getAcquire(ALL, address);
  }

  static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
  }

  static long getLongAcquire(long address) {
    return (long) LONG.getAcquire(ALL, address);
  }

  static short getShort(long address) {
    return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
  }

  static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  /// Brings the cache line of an aligned address into the cache. An acquired read is made even
  /// where nobody uses its value.
  static void touch(long address) {
    var _ = (int) INT.getAcquire(ALL, address);
  }
}
