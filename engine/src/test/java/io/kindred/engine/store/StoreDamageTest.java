package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A file of each kind is altered, cut or taken away: it is named, and nothing worse happens than
/// an error.
@Timeout(120)
class StoreDamageTest {
  private static final int ROWS = 120;

  @TempDir Path directory;
  private Path whole;
  private int copies;

  @BeforeEach
  void makeStore() {
    whole = directory.resolve("whole");
    StoreOptions options = StoreOptions.at(whole);
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      Table table = store.createTable(spec());
      put(table, 0, 100);
      table.fold();
      put(table, 90, ROWS);
    }
  }

  private static TableSpec spec() {
    return new TableSpec(
        "t",
        KeyType.STRING,
        Map.of("place", new VectorSpec(4, Metric.L2, new IndexSpec.Hnsw(4, 16))),
        Map.of("city", FieldType.STRING),
        "city",
        null,
        Durability.SYNCED,
        1);
  }

  private static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of("key-" + i),
              i % 5 == 0 ? Map.of() : Map.of("place", new float[] {i, 1, 2, 3}),
              Map.of("city", Value.of("city-" + i)),
              Map.of(),
              null,
              i % 7 == 0 ? Duration.ofDays(3) : null,
              null));
    }
    assertThat(
            table
                .write(new Mutation.Put(rows, new Origin.Operation("put-" + from)))
                .join()
                .applied())
        .isEqualTo(to - from);
  }

  private Path copy() throws IOException {
    Path copy = directory.resolve("copy-" + copies++);
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(whole.relativize(file)));
      }
    }
    return copy;
  }

  /// Every file that holds something, relative to the store's directory.
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(whole)) {
      List<Path> found =
          files
              .filter(Files::isRegularFile)
              .map(whole::relativize)
              .filter(file -> !file.toString().equals("lock"))
              .sorted()
              .toList();
      assertThat(found).extracting(Path::toString).anyMatch(name -> name.endsWith(".expiry"));
      assertThat(found).extracting(Path::toString).anyMatch(name -> name.endsWith(".partitions"));
      assertThat(found).hasSizeGreaterThanOrEqualTo(12);
      return found;
    }
  }

  @Test
  void aFlippedBitIsFoundWhereverItIs() throws Exception {
    Random random = new Random(1);
    for (Path file : files()) {
      int size = (int) Files.size(whole.resolve(file));
      Set<Integer> offsets = new LinkedHashSet<>(List.of(0, 9, 33, 64, size - 33, size - 1));
      offsets.add(random.nextInt(size));
      for (int offset : offsets) {
        Path store = copy();
        byte[] bytes = Files.readAllBytes(store.resolve(file));
        bytes[offset] ^= (byte) (1 << random.nextInt(8));
        Files.write(store.resolve(file), bytes);
        requireNamed(store, file, "byte " + offset + " of " + size);
      }
    }
  }

  @Test
  void aTruncatedFileIsFound() throws Exception {
    for (Path file : files()) {
      for (int share = 0; share < 4; share++) {
        Path store = copy();
        byte[] bytes = Files.readAllBytes(store.resolve(file));
        int length = share * bytes.length / 4;
        Files.write(store.resolve(file), java.util.Arrays.copyOf(bytes, length));
        requireNamed(store, file, "cut to " + length + " of " + bytes.length);
      }
    }
  }

  @Test
  void aMissingFileIsFound() throws Exception {
    for (Path file : files()) {
      // Of a missing log or catalog, StoreRecoveryTest knows more.
      if (file.startsWith("tables")) {
        Path store = copy();
        Files.delete(store.resolve(file));
        requireNamed(store, file, "missing");
      }
    }
  }

  @Test
  void aFileOfAnotherStoreIsFound() throws Exception {
    Path first = whole;
    whole = directory.resolve("other");
    StoreOptions options = StoreOptions.at(whole);
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      Table table = store.createTable(spec());
      put(table, 0, 100);
      table.fold();
      put(table, 90, ROWS);
    }
    Path other = whole;
    whole = first;
    for (Path file : files()) {
      if (Files.exists(other.resolve(file)) && !file.startsWith("log")) {
        Path store = copy();
        Files.write(store.resolve(file), Files.readAllBytes(other.resolve(file)));
        requireNamed(store, file, "another store's");
      }
    }
  }

  @Test
  void theLogOfAnotherStoreIsFound() throws Exception {
    Path other = directory.resolve("other");
    EmbeddedStore.open(StoreOptions.at(other)).close();
    Path store = copy();
    try (Stream<Path> segments = Files.list(store.resolve("log"))) {
      for (Path segment : segments.toList()) {
        Files.delete(segment);
      }
    }
    try (Stream<Path> segments = Files.list(other.resolve("log"))) {
      for (Path segment : segments.toList()) {
        Files.copy(segment, store.resolve("log").resolve(segment.getFileName()));
      }
    }
    requireNamed(store, Path.of("CATALOG"), "log exchanged");
    assertThatThrownBy(() -> EmbeddedStore.open(StoreOptions.at(store)))
        .hasMessageContaining("CATALOG: of log ");
  }

  @Test
  void aFoldDoesNotHideDamage() throws Exception {
    for (Path file : files()) {
      if (!file.getFileName().toString().startsWith("base-")) {
        continue;
      }
      Path store = copy();
      byte[] bytes = Files.readAllBytes(store.resolve(file));
      bytes[64 + new Random(2).nextInt(bytes.length - 64 - 40)] ^= 4;
      Files.write(store.resolve(file), bytes);
      if (isDerived(file)) {
        try (EmbeddedStore opened = EmbeddedStore.open(StoreOptions.at(store))) {
          opened.table("t").fold();
        }
        // Where nothing has found the damage, a fold may have had no use for the file.
        continue;
      }
      try (EmbeddedStore opened = EmbeddedStore.open(StoreOptions.at(store))) {
        assertThatThrownBy(() -> opened.table("t").fold())
            .isInstanceOfSatisfying(
                KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
            .hasMessageContaining(store.resolve(file).toString());
      } catch (KindredException e) {
        assertThat(e).hasMessageContaining(store.resolve(file).toString());
      }
      requireNamed(store, file, "after a fold was tried");
    }
  }

  /// Whether a file is made again of others, by a fold.
  private static boolean isDerived(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".index-") || name.endsWith(".partitions");
  }

  /// Damage is named by the check or by the start; a start that goes well reads what it can, and
  /// nothing but an error comes of that.
  private static void requireNamed(Path store, Path file, String damage) {
    List<StoreVerifier.Problem> problems = StoreVerifier.verify(store, line -> {});
    assertThat(problems).as("%s: %s", file, damage).isNotEmpty();
    assertThat(problems)
        .as("%s: %s", file, damage)
        .anyMatch(problem -> isNamed(problem, store, file));
    try (EmbeddedStore opened = EmbeddedStore.open(StoreOptions.at(store))) {
      readAll(opened.table("t"));
    } catch (KindredException e) {
      assertThat(e.code())
          .as("%s: %s: %s", file, damage, e.getMessage())
          .isIn(ErrorCode.CORRUPT, ErrorCode.STORAGE_UNAVAILABLE);
    } catch (IndexOutOfBoundsException | ClassCastException e) {
      assertThat(file.toString()).as("%s: %s", damage, e).contains("base-");
    }
  }

  /// Records at the end of the log that are gone show in the files that are ahead of it.
  private static boolean isNamed(StoreVerifier.Problem problem, Path store, Path file) {
    String text = problem.toString();
    boolean isLog = file.startsWith("log");
    return text.contains(store.resolve(file).toString())
        || (isLog && (text.contains("log") || text.contains("MANIFEST")));
  }

  private static void readAll(Table table) {
    for (int i = 0; i < ROWS; i++) {
      var _ = table.get(Key.of("key-" + i), Projection.ALL);
    }
    var _ = table.scan(null, 1000, null, Projection.ALL);
    SearchRequest request = SearchRequest.of(new float[] {1, 2, 3, 4}, 10);
    var _ = table.search(request);
    for (int i = 0; i < ROWS; i++) {
      var _ =
          table.search(
              new SearchRequest(
                  null,
                  request.target(),
                  10,
                  null,
                  "city-" + i,
                  List.of(),
                  null,
                  request.effort(),
                  null,
                  Projection.KEY));
    }
    table.fold(); // Refuses a damaged base.
  }

  @Test
  void aDirectoryThatAnotherProcessUsesIsLeftAlone() throws Exception {
    Path shared = directory.resolve("shared");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                shared.toString(),
                "0",
                "whole")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var output = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("starting");
      assertThat(output.readLine()).as("a change, once the store is open").endsWith(" end");
      assertThatThrownBy(() -> EmbeddedStore.open(StoreOptions.at(shared)))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
          .hasMessageContaining("in use by another process");
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aDiskThatTakesNoWritesIsRefusedAndChangesNothing() {
    FaultyDisk disk = new FaultyDisk();
    Path path = Path.of("/store");
    StoreOptions options = StoreOptions.at(path);
    try (EmbeddedStore store = EmbeddedStore.open(options, disk)) {
      put(store.createTable(spec()), 0, 50);
    }
    for (Operation operation : Operation.values()) {
      if (operation != Operation.READ) {
        disk.fail(operation);
      }
    }
    assertThatThrownBy(() -> EmbeddedStore.open(options, disk))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    disk.heal();
    assertThat(StoreVerifier.verify(path, disk, line -> {})).isEmpty();
    try (EmbeddedStore store = EmbeddedStore.open(options, disk)) {
      assertThat(store.table("t").info().rowCount()).isEqualTo(50);
    }
    disk.assertAllClosed();
  }
}
