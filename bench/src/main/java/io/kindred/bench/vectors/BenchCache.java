package io.kindred.bench.vectors;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// Where benchmarks keep what is made once and used again: vectors, exact truths, peers, results.
/// `KINDRED_BENCH_CACHE` names it, else it is `~/.cache/kindred-bench`. It may be deleted at any
/// time.
public final class BenchCache {
  private static final int TRUTH_MAGIC = 0x4B54_5232;

  private BenchCache() {}

  /// The directory, made if absent.
  public static Path directory() {
    String chosen = System.getenv("KINDRED_BENCH_CACHE");
    Path directory =
        chosen == null || chosen.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache", "kindred-bench")
            : Path.of(chosen);
    try {
      return Files.createDirectories(directory.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The truth of all queries over all rows: read where it was computed before for the same files,
  /// else computed and kept. A file is the same while its path, size and time of change are.
  public static Truth truth(ExactSearch search, VectorFile queries, int k) {
    return truth(directory(), search, queries, k);
  }

  static Truth truth(Path directory, ExactSearch search, VectorFile queries, int k) {
    String identity =
        String.join(
            "|",
            identity(search.base().path()),
            identity(queries.path()),
            search.metric().name(),
            Integer.toString(k));
    UUID name = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    Path file = directory.resolve("truth-" + name + ".bin");
    if (Files.exists(file)) {
      return read(file);
    }
    Truth truth = search.nearest(queries.head(Integer.MAX_VALUE), k, ExactSearch.RowTest.ALL);
    write(file, truth);
    return truth;
  }

  private static String identity(Path file) {
    try {
      return file.toRealPath() + "|" + Files.size(file) + "|" + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Truth read(Path file) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readInt() != TRUTH_MAGIC) {
        throw new IOException(file + ": no truth of this version; delete it");
      }
      int k = in.readInt();
      int queries = in.readInt();
      Truth truth = new Truth(k, new int[queries][], new double[queries][]);
      for (int query = 0; query < queries; query++) {
        int count = in.readInt();
        truth.rows()[query] = new int[count];
        truth.distances()[query] = new double[count];
        for (int i = 0; i < count; i++) {
          truth.rows()[query][i] = in.readInt();
          truth.distances()[query][i] = in.readDouble();
        }
      }
      return truth;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, Truth truth) {
    try {
      Path unfinished =
          Files.createTempFile(file.toAbsolutePath().getParent(), "truth-", ".unfinished");
      try (DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16))) {
        out.writeInt(TRUTH_MAGIC);
        out.writeInt(truth.k());
        out.writeInt(truth.rows().length);
        for (int query = 0; query < truth.rows().length; query++) {
          out.writeInt(truth.rows()[query].length);
          for (int i = 0; i < truth.rows()[query].length; i++) {
            out.writeInt(truth.rows()[query][i]);
            out.writeDouble(truth.distances()[query][i]);
          }
        }
      }
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
