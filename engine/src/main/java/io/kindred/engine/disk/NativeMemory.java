package io.kindred.engine.disk;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Large anonymous memory, straight from the system: zero-filled, committed page by page when first
/// touched, so that a generous reservation costs only what is used of it.
///
/// Thread-safe. Linux; elsewhere the arena allocates, which commits everything at once.
public final class NativeMemory {
  /// Reservations of at least this size begin at a multiple of it, so that huge pages can back
  /// them.
  public static final long HUGE_PAGE_BYTES = 2L << 20;

  /// What the system commits at once, as small as it gets.
  public static final long PAGE_BYTES = 4096;

  private static final int PROTECTION_READ_WRITE = 0x1 | 0x2;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
  private static final int ADVICE_HUGE_PAGES = 14;
  private static final long MAP_FAILED = -1;

  private static final @Nullable Calls CALLS = Calls.find();

  private NativeMemory() {}

  /// Reserves zero-filled memory that is given back when the arena closes.
  ///
  /// @throws KindredException `OVERLOADED` where the system refuses
  @SuppressWarnings("restricted")
  public static MemorySegment reserve(long bytes, Arena arena) {
    if (bytes <= 0) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "memory bytes", bytes, "at least 1");
    }
    Calls calls = CALLS;
    if (calls == null) {
      return arena.allocate(bytes, 64);
    }
    long slack = bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : 0;
    long mappedBytes = Math.addExact(bytes, slack);
    long address = calls.map(mappedBytes);
    if (address == MAP_FAILED) {
      throw KindredException.of(
          ErrorCode.OVERLOADED,
          "memory",
          bytes + " bytes refused by the system",
          "address space left; see 'ulimit -v' and vm.overcommit_memory");
    }
    long offset = slack == 0 ? 0 : -address & (HUGE_PAGE_BYTES - 1);
    return MemorySegment.ofAddress(address)
        .reinterpret(mappedBytes, arena, mapped -> calls.unmap(mapped.address(), mappedBytes))
        .asSlice(offset, bytes);
  }

  /// Asks for huge pages behind native memory. Advice only: where the system has none, nothing
  /// changes.
  public static void adviseHugePages(MemorySegment memory) {
    Calls calls = CALLS;
    if (calls == null || !memory.isNative()) {
      return;
    }
    long first = (memory.address() + PAGE_BYTES - 1) & -PAGE_BYTES;
    long end = (memory.address() + memory.byteSize()) & -PAGE_BYTES;
    if (end > first) {
      calls.adviseHugePages(first, end - first);
    }
  }

  /// The system's memory calls. Immutable.
  private record Calls(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {

    @SuppressWarnings("restricted")
    static @Nullable Calls find() {
      // The constants above are Linux's.
      if (!System.getProperty("os.name").equals("Linux")) {
        return null;
      }
      var address = ValueLayout.JAVA_LONG;
      var number = ValueLayout.JAVA_INT;
      Linker linker = Linker.nativeLinker();
      return new Calls(
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("mmap"),
              FunctionDescriptor.of(address, address, address, number, number, number, address)),
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("munmap"),
              FunctionDescriptor.of(number, address, address)),
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("madvise"),
              FunctionDescriptor.of(number, address, address, number)));
    }

    long map(long bytes) {
      try {
        return (long)
            mmap.invokeExact(
                0L, bytes, PROTECTION_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      } catch (Throwable e) {
        throw new AssertionError("mmap", e);
      }
    }

    void unmap(long address, long bytes) {
      try {
        int result = (int) munmap.invokeExact(address, bytes);
        assert result == 0 : "munmap of a mapping that reserve made";
      } catch (Throwable e) {
        throw new AssertionError("munmap", e);
      }
    }

    void adviseHugePages(long address, long bytes) {
      try {
        // Refused where the kernel has no huge pages: the memory works as well with small ones.
        int ignored = (int) madvise.invokeExact(address, bytes, ADVICE_HUGE_PAGES);
        assert ignored <= 0;
      } catch (Throwable e) {
        throw new AssertionError("madvise", e);
      }
    }
  }
}
