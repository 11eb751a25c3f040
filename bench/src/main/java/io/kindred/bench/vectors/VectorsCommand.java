package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes an fvecs file.
@Command(
    name = "vectors",
    description = {
      "Writes an fvecs file: made-up embeddings, x = W2 · tanh(W1 · z) + noise with z of"
          + " --intrinsic components, or the vectors of a gzipped idx file such as MNIST's.",
      "Samples of one dimension and intrinsic dimension come from one distribution: take another"
          + " seed for the queries."
    },
    mixinStandardHelpOptions = true)
public final class VectorsCommand implements Callable<Integer> {
  @Option(names = "--rows", paramLabel = "N", description = "How many. Default: 200000.")
  private @Nullable Integer rows;

  @Option(names = "--dimension", paramLabel = "N", description = "Components. Default: 128.")
  private @Nullable Integer dimension;

  @Option(names = "--intrinsic", paramLabel = "N", description = "Components of z. Default: 24.")
  private @Nullable Integer intrinsic;

  @Option(names = "--seed", paramLabel = "N", description = "Picks the sample. Default: 1.")
  private @Nullable Long seed;

  @Option(
      names = "--idx",
      paramLabel = "FILE.gz",
      description = "Convert this file instead; goes with none of the others but --out.")
  private @Nullable Path idx;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.fvecs",
      description = "Written, and replaced where it exists.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Path target = java.util.Objects.requireNonNull(out, "required");
    int count;
    if (idx != null) {
      if (rows != null || dimension != null || intrinsic != null || seed != null) {
        throw new BadInputException(
            "--idx", idx, "without --rows, --dimension, --intrinsic and --seed");
      }
      count = IdxFile.toVectors(idx, target);
    } else {
      count = or(rows, 200_000);
      new Embeddings(or(dimension, 128), or(intrinsic, Embeddings.INTRINSIC_DEFAULT))
          .write(target, count, seed == null ? 1 : seed);
    }
    System.out.println("wrote " + count + " vectors to " + target);
    return 0;
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
