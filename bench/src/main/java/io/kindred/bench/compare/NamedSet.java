package io.kindred.bench.compare;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.vectors.BenchCache;
import io.kindred.bench.vectors.IdxFile;
import io.kindred.bench.vectors.SyntheticSet;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// A set that needs no more than its name.
enum NamedSet {
  SYNTHETIC_200K(2.5, 4),
  SYNTHETIC_500K(2.5, 4),
  MNIST(2.5, 4),
  AMAZON_BOOK(1.5, 2.5);

  private final double ratio;
  private final double goal;

  NamedSet(double ratio, double goal) {
    this.ratio = ratio;
    this.goal = goal;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// What Kindred's speed is to be, over hnswlib's, at recall 0.95.
  double ratio() {
    return ratio;
  }

  double goal() {
    return goal;
  }

  static String labels() {
    return Arrays.stream(values()).map(NamedSet::label).collect(Collectors.joining(", "));
  }

  /// The set's files, made or converted where that was not done before.
  ///
  /// @param data holds the real sets
  VectorSet files(Path data) {
    return switch (this) {
      case SYNTHETIC_200K -> named(SyntheticSet.parse("200000x128").files(Metric.L2));
      case SYNTHETIC_500K -> named(SyntheticSet.parse("500000x128").files(Metric.L2));
      case MNIST ->
          new VectorSet(
              label(),
              converted(data.resolve("mnist/train-images-idx3-ubyte.gz"), "mnist.fvecs"),
              converted(data.resolve("mnist/t10k-images-idx3-ubyte.gz"), "mnist.queries.fvecs"),
              Metric.L2);
      case AMAZON_BOOK ->
          new VectorSet(
              label(),
              present(data.resolve("amazon-book/items.fvecs")),
              present(data.resolve("amazon-book/users.fvecs")),
              Metric.DOT);
    };
  }

  private VectorSet named(VectorSet files) {
    return new VectorSet(label(), files.base(), files.queries(), files.metric());
  }

  private static Path converted(Path source, String name) {
    Path target = BenchCache.directory().resolve(name);
    if (!Files.exists(target)) {
      IdxFile.toVectors(present(source), target);
    }
    return target;
  }

  private static Path present(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          file.toString(), "no such file", "the real sets; --data DIR says where they are");
    }
    return file;
  }
}
