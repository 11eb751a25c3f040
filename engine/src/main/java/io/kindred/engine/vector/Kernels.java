package io.kindred.engine.vector;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.vector.NativeLibrary.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which kernels this process runs, chosen once.
///
/// The environment variable `KINDRED_KERNELS` overrules the choice: `java`, or one of the native
/// ones, `scalar`, `avx2` and `avx512`, where the machine can run it.
public final class Kernels {
  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
  private static final String VARIABLE = "KINDRED_KERNELS";
  private static final String JAVA = "java";

  private static final Choice CHOICE = Choice.of(System.getenv(VARIABLE));

  static final GraphKernel GRAPH =
      CHOICE.library == null ? JavaGraphKernel.INSTANCE : NativeGraphKernel.of(CHOICE.library);

  static final CodeKernel CODES =
      CHOICE.library == null ? VectorCodeKernel.INSTANCE : NativeCodeKernel.of(CHOICE.library);

  private Kernels() {}

  /// `java`, or the instruction set of the native kernels.
  public static String name() {
    return CHOICE.library == null ? JAVA : CHOICE.library.level().label();
  }

  /// Checks that the variable, where it is set, names kernels that this machine runs.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where it does not
  public static void requireUsable() {
    if (CHOICE.refusal != null) {
      throw CHOICE.refusal;
    }
  }

  /// What was chosen, or why the wish was refused.
  private record Choice(@Nullable NativeLibrary library, @Nullable KindredException refusal) {
    static Choice of(@Nullable String wanted) {
      try {
        return new Choice(choose(wanted), null);
      } catch (KindredException e) {
        return new Choice(null, e);
      }
    }
  }

  private static @Nullable NativeLibrary choose(@Nullable String wanted) {
    NativeLibrary library = JAVA.equals(wanted) ? null : NativeLibrary.find();
    if (library != null && wanted != null && !wanted.isEmpty()) {
      library = library.atLevel(level(wanted, library.level()));
    }
    if (library == null && wanted != null && !wanted.isEmpty() && !wanted.equals(JAVA)) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, VARIABLE, wanted, JAVA);
    }
    if (library == null) {
      LOG.info("kernels={} reason={}", JAVA, wanted == null ? "no native library" : VARIABLE);
    } else {
      LOG.info("kernels={} reason={}", library.level().label(), wanted == null ? "cpu" : VARIABLE);
    }
    return library;
  }

  private static Level level(String wanted, Level best) {
    for (Level level : Level.values()) {
      if (level.label().equals(wanted.toLowerCase(Locale.ROOT)) && level.compareTo(best) <= 0) {
        return level;
      }
    }
    throw KindredException.of(
        ErrorCode.INVALID_ARGUMENT,
        VARIABLE,
        wanted,
        JAVA + " or a native one that this machine runs, at most " + best.label());
  }
}
