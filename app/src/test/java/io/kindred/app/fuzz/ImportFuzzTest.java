package io.kindred.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.bulk.ImportListener;
import io.kindred.app.bulk.ImportPlan;
import io.kindred.app.bulk.Importer;
import io.kindred.app.rows.DamagedFileException;
import io.kindred.app.rows.FileFormat;
import io.kindred.app.rows.RowFile;
import io.kindred.app.rows.RowItem;
import io.kindred.app.rows.RowReader;
import io.kindred.app.tables.EmbeddedTables;
import io.kindred.engine.ErrorCode.Kind;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files to import, mutated: each is refused by name, or its rows are read, and each bad row of it
/// is named. What a row says reaches a store, which refuses it or stores it.
final class ImportFuzzTest {
  /// Beyond what any of these files holds: a reader that gives more makes rows out of nothing.
  private static final int ITEMS_MAX = 100_000;

  @TempDir Path directory;

  @Test
  void jsonLines() throws IOException {
    run(
        FileFormat.JSONL,
        1_000,
        "import/rows.jsonl",
        "import/odd.jsonl",
        "import/found-zero.jsonl");
  }

  @Test
  void csv() throws IOException {
    run(
        FileFormat.CSV,
        1_000,
        "import/rows.csv",
        "import/spread.csv",
        "import/quoted.csv",
        "import/found-columns.csv");
  }

  @Test
  void npy() throws IOException {
    run(FileFormat.NPY, 600, "import/float32.npy", "import/float16.npy", "import/float64.npy");
  }

  @Test
  void fvecs() throws IOException {
    run(FileFormat.FVECS, 400, "import/rows.fvecs");
  }

  @Test
  void parquet() throws IOException {
    run(FileFormat.PARQUET, 500, "import/rows.parquet", "import/plain.parquet");
  }

  private void run(FileFormat format, int share, String... resources) throws IOException {
    Corpus<byte[]> corpus = Corpus.files(resources);
    for (byte[] entry : corpus.entries()) {
      assertThat(read(write(format, entry), format)).isPositive();
    }
    try (EmbeddedTables tables = EmbeddedTables.open(directory.resolve("store"))) {
      tables.create(TableSpec.of("t", KeyType.STRING, java.util.Map.of(), java.util.Map.of()));
      new Fuzzer(format.toString(), share)
          .run(random -> mutated(random, format, corpus), input -> feed(format, input, tables));
    }
  }

  private static byte[] mutated(Random random, FileFormat format, Corpus<byte[]> corpus) {
    byte[] entry = corpus.any(random);
    if (format != FileFormat.JSONL || random.nextInt(3) == 0) {
      return Mutations.of(random, entry, corpus.any(random));
    }
    // By the structure of one line.
    int end = indexOf(entry, random.nextInt(entry.length));
    int start = end;
    while (start > 0 && entry[start - 1] != '\n') {
      start--;
    }
    byte[] line =
        JsonMutations.of(random, java.util.Arrays.copyOfRange(entry, start, end), new byte[] {'0'});
    return Mutations.joined(entry, start, line, end);
  }

  private static int indexOf(byte[] entry, int from) {
    int end = from;
    while (end < entry.length && entry[end] != '\n') {
      end++;
    }
    return end;
  }

  private void feed(FileFormat format, byte[] input, EmbeddedTables tables) throws IOException {
    Path file = write(format, input);
    try {
      read(file, format);
      load(file, format, tables, "t");
      if (input.length % 8 == 0) {
        load(file, format, tables, "fresh");
      }
    } catch (DamagedFileException e) {
      assertThat(e.getMessage()).isNotEmpty();
    } catch (KindredException e) {
      assertThat(e.code().kind()).as("%s", e).isNotEqualTo(Kind.INTERNAL);
    }
  }

  private Path write(FileFormat format, byte[] input) throws IOException {
    return Files.write(directory.resolve("input." + format), input);
  }

  private static int read(Path file, FileFormat format) throws IOException {
    int items = 0;
    try (RowReader reader = new RowFile(file, format, "embedding", Set.of("v")).open()) {
      for (RowItem item = reader.next(); item != null; item = reader.next()) {
        items++;
        assertThat(items).isLessThan(ITEMS_MAX);
        if (item instanceof RowItem.Malformed malformed) {
          assertThat(malformed.reason()).isNotEmpty();
        }
      }
    }
    return items;
  }

  private static void load(Path file, FileFormat format, EmbeddedTables tables, String table)
      throws IOException {
    new Importer(
            tables,
            new ImportPlan(
                List.of(new ImportPlan.Source(file, format)),
                table,
                null,
                null,
                new IndexSpec.Flat(),
                null,
                null),
            new Silent())
        .run();
  }

  /// Hears nothing.
  private static final class Silent implements ImportListener {
    @Override
    public void created(TableSpec spec) {}

    @Override
    public void started(Path file) {}

    @Override
    public void progressed(long rows, OptionalDouble done) {}

    @Override
    public void finished(ImportedFile file) {}

    @Override
    public void waiting(String why) {}
  }
}
