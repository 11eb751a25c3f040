package io.kindred.engine.vector;

import io.kindred.engine.disk.NativeLibraryFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The library of kernels in C, for one instruction set. Immutable, thread-safe.
final class NativeLibrary {
  private static final String NAME = "libkindred.so";

  /// What a processor and its system can run, each all that the ones before can.
  enum Level {
    SCALAR,
    AVX2,
    AVX512;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final SymbolLookup symbols;
  private final Level level;

  private NativeLibrary(SymbolLookup symbols, Level level) {
    this.symbols = symbols;
    this.level = level;
  }

  /// The packaged library, for the most that this machine can run.
  ///
  /// @return null where the build had no C compiler for this system
  static @Nullable NativeLibrary find() {
    String system = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
    String resource = system.toLowerCase(Locale.ROOT) + "/" + NAME;
    try (InputStream packaged = NativeLibrary.class.getResourceAsStream(resource)) {
      if (packaged == null) {
        return null;
      }
      SymbolLookup symbols = NativeLibraryFile.load(packaged, NAME);
      return new NativeLibrary(symbols, Level.values()[level(symbols)]);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  @SuppressWarnings("restricted")
  private static int level(SymbolLookup symbols) {
    MethodHandle level =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow("kindred_level"), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) level.invokeExact();
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  Level level() {
    return level;
  }

  /// The same library, for less than the machine can run.
  NativeLibrary atLevel(Level lower) {
    return new NativeLibrary(symbols, lower);
  }

  /// A function that may run long: the garbage collector does not wait for it.
  @SuppressWarnings("restricted")
  MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbol(name), type);
  }

  @SuppressWarnings("restricted")
  private MemorySegment symbol(String name) {
    return symbols.findOrThrow("kindred_" + name + "_" + level.label());
  }

  /// A native function throws nothing.
  static AssertionError impossible(Throwable e) {
    return new AssertionError("a native function threw", e);
  }
}
