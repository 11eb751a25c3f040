package io.kindred.engine.vector;

import io.kindred.engine.Metric;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The loops of `kernels.inc`, for one instruction set. Immutable, thread-safe.
///
/// A record, as the compiler takes only the fields of records for constants, and calls through
/// constant handles directly.
record NativeGraphKernel(
    MethodHandle loadHandle,
    MethodHandle scoreHandle,
    MethodHandle searchHandle,
    MethodHandle walkHandle,
    MethodHandle searchPassingHandle,
    MethodHandle searchThroughHandle,
    MethodHandle passingEntriesHandle,
    MethodHandle scanPassingHandle,
    MethodHandle scanListedHandle,
    MethodHandle selectHandle,
    MethodHandle scoreFloatsHandle)
    implements GraphKernel {

  static NativeGraphKernel of(NativeLibrary library) {
    ValueLayout.OfLong address = ValueLayout.JAVA_LONG;
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    return new NativeGraphKernel(
        library.function("load", FunctionDescriptor.ofVoid(address, number, address)),
        library.function("score", FunctionDescriptor.ofVoid(address, address, number)),
        library.function("search", FunctionDescriptor.ofVoid(address, address, number)),
        library.function("walk", FunctionDescriptor.ofVoid(address, address, number, number)),
        library.function(
            "search_passing", FunctionDescriptor.ofVoid(address, address, number, address)),
        library.function(
            "search_through",
            FunctionDescriptor.of(
                number,
                address,
                address,
                number,
                address,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_FLOAT)),
        library.function(
            "passing_entries", FunctionDescriptor.of(number, address, address, number, address)),
        library.function(
            "scan_passing", FunctionDescriptor.ofVoid(address, address, number, address, address)),
        library.function(
            "scan_listed", FunctionDescriptor.ofVoid(address, address, number, address, number)),
        library.function(
            "select",
            FunctionDescriptor.of(
                number, address, address, number, number, ValueLayout.JAVA_FLOAT)),
        library.function(
            "score_floats",
            FunctionDescriptor.ofVoid(address, address, number, number, address, number)));
  }

  @Override
  public void load(CodeRows rows, int row, Walk scratch) {
    try {
      loadHandle.invokeExact(rows.description(), row, scratch.address());
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void score(CodeRows rows, Walk scratch, int count) {
    try {
      scoreHandle.invokeExact(rows.description(), scratch.address(), count);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void search(GraphMemory graph, Walk scratch, int width) {
    try {
      searchHandle.invokeExact(graph.description(), scratch.address(), width);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void walk(GraphMemory graph, Walk scratch, int starts, int width) {
    try {
      walkHandle.invokeExact(graph.description(), scratch.address(), starts, width);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void searchPassing(GraphMemory graph, Walk scratch, int width, long passing) {
    try {
      searchPassingHandle.invokeExact(graph.description(), scratch.address(), width, passing);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public int searchThrough(
      GraphMemory graph, Walk scratch, int width, long passing, float least, float wanted) {
    try {
      return (int)
          searchThroughHandle.invokeExact(
              graph.description(), scratch.address(), width, passing, least, wanted);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public int passingEntries(GraphMemory graph, Walk scratch, int count, long passing) {
    try {
      return (int)
          passingEntriesHandle.invokeExact(graph.description(), scratch.address(), count, passing);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void scanPassing(CodeRows rows, Walk scratch, int width, long passing, long words) {
    try {
      scanPassingHandle.invokeExact(rows.description(), scratch.address(), width, passing, words);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void scanListed(CodeRows rows, Walk scratch, int width, long listed, int count) {
    try {
      scanListedHandle.invokeExact(rows.description(), scratch.address(), width, listed, count);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public int select(CodeRows rows, Walk scratch, int count, int max, float alpha) {
    try {
      return (int)
          selectHandle.invokeExact(rows.description(), scratch.address(), count, max, alpha);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  @Override
  public void scoreFloats(Metric metric, VectorRows rows, Walk scratch, int count) {
    try {
      scoreFloatsHandle.invokeExact(
          rows.data().address(),
          rows.strideBytes(),
          rows.dimension(),
          code(metric),
          scratch.address(),
          count);
    } catch (Throwable e) {
      throw NativeLibrary.impossible(e);
    }
  }

  private static int code(Metric metric) {
    return switch (metric) {
      case L2 -> 0;
      case DOT -> 1;
      case COSINE -> 2;
    };
  }
}
