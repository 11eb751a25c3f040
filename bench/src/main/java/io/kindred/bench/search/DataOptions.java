package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.vectors.SyntheticSet;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.Metric;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which vectors are indexed and searched. Owned by one thread.
public final class DataOptions {
  @Option(names = "--base", paramLabel = "F.fvecs", description = "The rows.")
  private @Nullable Path base;

  @Option(names = "--queries", paramLabel = "F.fvecs", description = "The queries.")
  private @Nullable Path queries;

  @Option(names = "--metric", paramLabel = "M", description = "l2, dot or cosine. Default: l2.")
  private String metric = "l2";

  @Option(
      names = "--synthetic",
      paramLabel = "ROWSxDIM[:INTRINSIC[:SEED]]",
      description =
          "Made-up embeddings instead of files, with "
              + SyntheticSet.QUERIES
              + " queries of seed + 1.")
  private @Nullable String synthetic;

  /// @param otherwise what is made up where nothing is named, or null where something must be
  VectorSet resolve(@Nullable String otherwise) {
    String made = synthetic;
    if (made == null && base == null && queries == null) {
      made = otherwise;
    }
    if (made != null) {
      if (base != null || queries != null) {
        throw new BadInputException("--synthetic", made, "without --base and --queries");
      }
      return SyntheticSet.parse(made).files(metric());
    }
    if (base == null || queries == null) {
      throw new BadInputException(
          base == null ? "--base" : "--queries",
          "none",
          "an fvecs file, or --synthetic ROWSxDIM instead of both");
    }
    Path name = base.getFileName();
    return new VectorSet(name == null ? "" : name.toString(), base, queries, metric());
  }

  /// @throws BadInputException where the queries do not fit the rows
  static void requireSameDimension(VectorFile base, VectorFile queries) {
    if (base.dimension() != queries.dimension()) {
      throw new BadInputException(
          queries.path() + ": dimension",
          queries.dimension(),
          base.dimension() + ", as of " + base.path());
    }
  }

  private Metric metric() {
    for (Metric candidate : Metric.values()) {
      if (candidate.name().toLowerCase(Locale.ROOT).equals(metric)) {
        return candidate;
      }
    }
    throw new BadInputException("--metric", metric, "l2, dot or cosine");
  }
}
