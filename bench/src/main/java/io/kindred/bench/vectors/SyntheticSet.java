package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import io.kindred.engine.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A sample of [Embeddings], and queries from another sample of the same. Immutable.
public record SyntheticSet(int rows, int dimension, int intrinsic, long seed) {
  public static final int QUERIES = 5_000;
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,9})x(\\d{1,5})(?::(\\d{1,3})(?::(\\d{1,18}))?)?");

  /// Whether a text has the form that [#parse] reads.
  public static boolean isText(String text) {
    return TEXT.matcher(text).matches();
  }

  /// Reads `ROWSxDIMENSION[:INTRINSIC[:SEED]]`; the intrinsic dimension is 24 and the seed 1 where
  /// they are left out.
  public static SyntheticSet parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new BadInputException(
          "--synthetic", text, "ROWSxDIMENSION[:INTRINSIC[:SEED]], such as 200000x128:24:1");
    }
    return new SyntheticSet(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        parts.group(3) == null ? Embeddings.INTRINSIC_DEFAULT : Integer.parseInt(parts.group(3)),
        parts.group(4) == null ? 1 : Long.parseLong(parts.group(4)));
  }

  public String name() {
    return "synthetic-%dx%d-i%d-s%d".formatted(rows, dimension, intrinsic, seed);
  }

  /// The set's files in the cache, made where they are absent. The queries' seed is the next one.
  public VectorSet files(Metric metric) {
    // The files of the generator before had rows twice.
    Path base = BenchCache.directory().resolve(name() + "-v2.fvecs");
    Path queries = BenchCache.directory().resolve(name() + "-v2.queries.fvecs");
    Embeddings embeddings = new Embeddings(dimension, intrinsic);
    if (!Files.exists(base)) {
      embeddings.write(base, rows, seed);
    }
    if (!Files.exists(queries)) {
      embeddings.write(queries, QUERIES, seed + 1);
    }
    return new VectorSet(name(), base, queries, metric);
  }
}
