package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.filter.Filter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Tables whose index has lists: from the first row to folds, restarts and damage.
@ExtendWith(VerifiedStores.class)
class InvertedListsTest {
  private static final int DIMENSION = 16;
  private static final int ROWS = 4_000;
  private static final int LISTS = 24;

  @TempDir Path directory;
  private final Random random = new Random(11);

  private static Stream<Arguments> kinds() {
    return Stream.of(Metric.values())
        .flatMap(
            metric ->
                Stream.of(
                    Arguments.of(metric, new IndexSpec.IvfFlat(LISTS)),
                    Arguments.of(metric, new IndexSpec.IvfPq(LISTS, 8)),
                    Arguments.of(
                        metric, new IndexSpec.IvfHnswPq(LISTS, 0, new IndexSpec.Hnsw(8, 40)))));
  }

  private static Table items(Store store, Metric metric, IndexSpec index) {
    return store.createTable(
        TableSpec.of(
            "items",
            KeyType.UINT64,
            Map.of("v", new VectorSpec(DIMENSION, metric, index)),
            Map.of("third", FieldType.BOOL)));
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    int centre = random.nextInt(12);
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (random.nextGaussian() + 2 * Math.sin(centre * (i + 1)));
    }
    return vector;
  }

  private void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          Row.of(
              Key.of(i),
              i % 50 == 7 ? Map.of() : Map.of("v", vector()),
              Map.of("third", Value.of(i % 3 == 0)),
              Map.of()));
      if (rows.size() == 500 || i == to - 1) {
        assertThat(table.write(new Mutation.Put(rows, null)).join().rejected()).isEmpty();
        rows = new ArrayList<>();
      }
    }
  }

  private static List<Key> search(
      Table table, float[] query, Effort effort, @Nullable Filter filter) {
    SearchRequest request =
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(query),
            10,
            filter,
            null,
            List.of(),
            null,
            effort,
            null,
            Projection.KEY);
    return table.search(request).matches().stream().map(SearchResult.Match::key).toList();
  }

  private double recall(Table table, Effort effort, @Nullable Filter filter) {
    int hits = 0;
    int expected = 0;
    for (int i = 0; i < 40; i++) {
      float[] query = vector();
      List<Key> exact = search(table, query, new Effort.Exact(), filter);
      List<Key> found = search(table, query, effort, filter);
      assertThat(found).hasSameSizeAs(exact).doesNotHaveDuplicates();
      expected += exact.size();
      hits += (int) found.stream().filter(exact::contains).count();
    }
    return (double) hits / expected;
  }

  private void check(Table table) {
    Filter third = new Filter.Eq("third", Value.of(true));
    assertThat(recall(table, new Effort.Recall(0.95), null)).isGreaterThan(0.9);
    assertThat(recall(table, new Effort.Probes(LISTS), null)).isGreaterThan(0.985);
    assertThat(recall(table, new Effort.Recall(0.95), third)).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void rowsAreFoundAfterFoldsDeletesAndARestart(Metric metric, IndexSpec index) {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table = items(store, metric, index);
      put(table, 0, ROWS);
      table.fold();
      assertThat(parameters(table)).containsEntry("lists", "" + LISTS);
      check(table);

      put(table, ROWS - 300, ROWS + 700);
      for (int i = 0; i < 1_000; i += 2) {
        table.write(new Mutation.Delete(List.of(Key.of(i)), null)).join();
      }
      check(table);
      table.fold();
      assertThat(parameters(table)).containsEntry("trained_rows", "" + ROWS * 49 / 50);
      check(table);
    }
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table = store.table("items");
      check(table);
      assertThat(index(table).kind()).startsWith("ivf_");
    }
  }

  private static TableInfo.IndexInfo index(Table table) {
    return Objects.requireNonNull(table.info().indexes().get("v"));
  }

  private static Map<String, String> parameters(Table table) {
    return index(table).parameters();
  }

  @Test
  void withTooFewRowsTheSearchIsExactAndSaysSo() {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table = items(store, Metric.L2, new IndexSpec.IvfPq(100, 4));
      put(table, 0, 2_500);
      table.fold();
      assertThat(parameters(table))
          .containsEntry("lists", "0")
          .containsEntry("search", "exact: too few rows for lists")
          .containsEntry("rows", "2450")
          .containsEntry("rows_needed", "3200");
      assertThat(recall(table, new Effort.Recall(0.5), null)).isEqualTo(1);
      assertThat(recall(table, new Effort.Probes(1), null)).isEqualTo(1);
      put(table, 2_500, 3_500);
      table.fold();
      assertThat(parameters(table)).containsEntry("lists", "100");
      assertThat(recall(table, new Effort.Recall(0.9), null)).isGreaterThan(0.8);
    }
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
  }

  @Test
  void listsAreMadeAnewOnceTheRowsHaveDoubled() {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table = items(store, Metric.L2, new IndexSpec.IvfFlat(0));
      put(table, 0, 2_000);
      table.fold();
      assertThat(parameters(table)).containsEntry("trained_rows", "1960");
      put(table, 2_000, 3_900);
      table.fold();
      assertThat(parameters(table)).containsEntry("trained_rows", "1960");
      put(table, 3_900, 4_100);
      table.fold();
      assertThat(parameters(table)).containsEntry("trained_rows", "4018");
    }
  }

  @Test
  void aWidthThatTheIndexDoesNotHaveIsRefused() {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table lists = items(store, Metric.L2, new IndexSpec.IvfFlat(0));
      requireInvalid(lists, new Effort.BeamWidth(10), "ef: 10 (expected: nprobe or recall");
      requireInvalid(lists, new Effort.Probes(0), "nprobe: 0 (expected: 1 to 1048576");
      store.dropTable("items");
      Table graph = items(store, Metric.L2, IndexSpec.Hnsw.DEFAULT);
      requireInvalid(graph, new Effort.Probes(8), "nprobe: 8 (expected: ef or recall");
    }
  }

  private void requireInvalid(Table table, Effort effort, String message) {
    assertThatThrownBy(() -> search(table, vector(), effort, null))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(message);
  }

  @Test
  void aParameterOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new IndexSpec.IvfFlat(-1)).hasMessageContaining("index.lists: -1");
    assertThatThrownBy(() -> new IndexSpec.IvfFlat((1 << 20) + 1))
        .hasMessageContaining("index.lists: 1048577 (expected: 1 to 1048576");
    assertThatThrownBy(() -> new IndexSpec.IvfPq(0, -1))
        .hasMessageContaining("index.subspaces: -1");
    assertThatThrownBy(() -> new VectorSpec(8, Metric.L2, new IndexSpec.IvfPq(0, 9)))
        .hasMessageContaining("index.subspaces: 9 (expected: at most the dimension, 8");
  }

  @Test
  void anAlteredFileIsFound() throws IOException {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table =
          items(store, Metric.L2, new IndexSpec.IvfHnswPq(LISTS, 8, IndexSpec.Hnsw.DEFAULT));
      put(table, 0, ROWS);
      table.fold();
    }
    for (String role : List.of(".index-0", ".index-centroids-0")) {
      Path file = file(role);
      byte[] whole = Files.readAllBytes(file);
      flip(file, whole.length / 2);
      assertThat(StoreVerifier.verify(directory, line -> {}))
          .anyMatch(finding -> finding.toString().contains(role));
      Files.write(file, whole);
    }
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
  }

  private Path file(String role) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(role)).findFirst().orElseThrow();
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.flip().put(0, (byte) ~one.get(0));
      channel.write(one, at);
    }
  }
}
