package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.index.Vectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PartitionGraphTest {
  private static final int ROWS = 9_000;
  private static final int DIMENSION = 24;
  private static final int QUERIES = 100;

  /// The share of the rows that pass, which a walk of the graph of all rows would ask bits for.
  private static final double[] SHARES = {0.001, 0.05, 0.3, 0.6, 0.9};

  private final Arena arena = Arena.ofShared();
  private final SearchContext context = new SearchContext();
  private final TopK top = new TopK();
  @TempDir Path directory;

  @AfterEach
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void aPartitionIsSearchedInItsOwnGraph(Metric metric) throws InterruptedException {
    Vectors all = Vectors.clustered(ROWS + QUERIES, DIMENSION, 31, arena);
    Vectors vectors = new Vectors(all.rows(), ROWS);
    List<OrdinalList> lists = lists(cities(ROWS, new Random(1)));
    HnswIndex index =
        Graphs.build(metric, vectors, Presence.ALL, lists, directory.resolve("graph"), arena);

    assertThat(violation(index, Presence.ALL, lists)).isNull();
    assertThat(index.parameters()).containsEntry("partition_graphs", "2");
    assertThat(index.ofPartition(new OrdinalList(2, MemorySegment.NULL, 0))).isNull();
    for (OrdinalList list : lists) {
      assertThat(Objects.requireNonNull(index.ofPartition(list)).linkedCount())
          .isEqualTo(list.count());
      requireRecall(index, metric, vectors, all, list);
    }
  }

  /// Searches by the breadth that was tuned for the graph of all rows, and through [IndexSearch]
  /// under filters of any share.
  private void requireRecall(
      HnswIndex index, Metric metric, Vectors vectors, Vectors all, OrdinalList list) {
    VectorIndex ofPartition = Objects.requireNonNull(index.ofPartition(list));
    OfPartition whole = OfPartition.of(list, 1, null);
    Recall unfiltered = new Recall();
    for (int i = 0; i < QUERIES; i++) {
      float[] query = all.get(ROWS + i);
      float[] nearest = nearest(vectors, metric, whole, query);
      top.reset(10);
      ofPartition.search(
          context.begin(metric, query, DIMENSION), index.efFor(0.95, 10), Pass.ALL, context, top);
      unfiltered.add(whole, nearest, top);
    }
    assertThat(unfiltered.share())
        .as("%s, partition %d", metric, list.number())
        .isGreaterThanOrEqualTo(0.94);

    IndexSearch search = new IndexSearch(index, metric, vectors.rows(), vectors.count());
    for (double share : SHARES) {
      OfPartition tested = OfPartition.of(list, share, null);
      OfPartition ofBits = OfPartition.of(list, share, bits(tested));
      Recall filtered = new Recall();
      for (int i = 0; i < QUERIES; i++) {
        float[] query = all.get(ROWS + i);
        float[] nearest = nearest(vectors, metric, tested, query);
        OfPartition pass = i % 2 == 0 ? tested : ofBits;
        search.search(
            new IndexSearch.Query(
                query,
                10,
                Effort.Recall.DEFAULT,
                pass,
                pass.bits() == null ? Passing.FILTERED : Passing.ALL),
            context,
            top);
        assertThat(top.size()).isEqualTo(nearest.length);
        filtered.add(tested, nearest, top);
      }
      assertThat(filtered.share())
          .as("%s, partition %d, share %s", metric, list.number(), share)
          .isGreaterThanOrEqualTo(0.9);
    }
  }

  /// Distances of the nearest passing rows.
  private float[] nearest(Vectors vectors, Metric metric, OfPartition pass, float[] query) {
    top.reset(10);
    new FlatScan(metric, vectors.rows())
        .scan(context.begin(metric, query, DIMENSION), pass.list(), pass, context, top);
    float[] distances = new float[10];
    return Arrays.copyOf(distances, top.drain(new int[10], distances));
  }

  /// How many of the nearest were found.
  private static final class Recall {
    private long hits;
    private long expected;

    void add(OfPartition pass, float[] nearest, TopK found) {
      int[] ordinals = new int[10];
      float[] distances = new float[10];
      int count = found.drain(ordinals, distances);
      for (int i = 0; i < count; i++) {
        assertThat(pass.test(ordinals[i])).isTrue();
        float farthest = nearest[nearest.length - 1];
        hits += distances[i] <= farthest + 1e-6f * Math.abs(farthest) ? 1 : 0;
      }
      expected += nearest.length;
    }

    double share() {
      return (double) hits / expected;
    }
  }

  /// The rows of a list of which a share passes, shown by bits or tested.
  private record OfPartition(OrdinalList list, BitSet passing, @Nullable PassBits bits)
      implements Pass {
    static OfPartition of(OrdinalList list, double share, @Nullable PassBits bits) {
      Random random = new Random(list.number());
      BitSet passing = new BitSet();
      for (int i = 0; i < list.count(); i++) {
        passing.set(list.get(i), random.nextDouble() < share);
      }
      return new OfPartition(list, passing, bits);
    }

    @Override
    public boolean test(int ordinal) {
      return passing.get(ordinal);
    }
  }

  private PassBits bits(OfPartition pass) {
    PassBits bits = PassBits.create(ROWS, arena);
    pass.passing().stream().forEach(bits::set);
    return bits;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void afterFoldsTheGraphsAreWhole(Metric metric) throws InterruptedException {
    Random random = new Random(7);
    Vectors vectors = Vectors.clustered(ROWS, DIMENSION, 11, arena);
    int[] cities = cities(ROWS, random);
    List<OrdinalList> lists = lists(cities);
    HnswIndex index =
        Graphs.build(metric, vectors, Presence.ALL, lists, directory.resolve("graph"), arena);
    for (int fold = 0; fold < 3; fold++) {
      Vectors next = Vectors.clustered(ROWS, DIMENSION, 100 + fold, arena);
      int[] nextCities = cities(ROWS, random);
      MemorySegment oldToNew = arena.allocate(Links.INT, ROWS);
      int kept = 0;
      for (int row = 0; row < ROWS; row++) {
        boolean isKept = random.nextInt(5) > 0;
        oldToNew.setAtIndex(Links.INT, row, isKept ? kept : -1);
        if (isKept) {
          Vectors.copy(vectors.rows(), row, next.rows(), kept);
          // One in ten stays with its vector, but in another partition or in none.
          nextCities[kept++] = random.nextInt(10) == 0 ? random.nextInt(3) : cities[row];
        }
      }
      vectors = next;
      cities = nextCities;
      lists = lists(cities);
      Path file = directory.resolve("fold" + fold);
      index = Graphs.fold(index, oldToNew, metric, vectors, lists, file, arena);
      assertThat(violation(index, Presence.ALL, lists)).as("fold %d", fold).isNull();
      assertThat(index.parameters()).containsEntry("partition_graphs", "2");
    }
    Vectors all = Vectors.clustered(ROWS + QUERIES, DIMENSION, 11, arena);
    requireRecall(index, metric, vectors, all, lists.get(0));
  }

  @Test
  void aGraphComesAndGoesWithItsPartition() throws InterruptedException {
    Vectors vectors = Vectors.clustered(1_500, 8, 3, arena);
    MemorySegment same = arena.allocate(Links.INT, 1_500);
    for (int row = 0; row < 1_500; row++) {
      same.setAtIndex(Links.INT, row, row);
    }
    List<OrdinalList> both = lists(cities(1_500, new Random(5)));
    HnswIndex none =
        Graphs.build(Metric.L2, vectors, Presence.ALL, List.of(), directory.resolve("a"), arena);
    HnswIndex two =
        Graphs.fold(none, same, Metric.L2, vectors, both, directory.resolve("b"), arena);
    assertThat(violation(two, Presence.ALL, both)).isNull();
    List<OrdinalList> second = both.subList(1, 2);
    HnswIndex one =
        Graphs.fold(two, same, Metric.L2, vectors, second, directory.resolve("c"), arena);
    assertThat(violation(one, Presence.ALL, both)).isNull();
    assertThat(one.ofPartition(both.get(0))).isNull();
    assertThat(one.ofPartition(both.get(1))).isNotNull();
    // Built over the first rows only, so all are carried and nothing is inserted.
    assertThat(one.partitionGraphs().counts()).containsExactly(both.get(1).count());
  }

  @Test
  void theSmallestPartitionsHaveAGraph() throws InterruptedException {
    Vectors vectors = Vectors.clustered(300, 8, 3, arena);
    for (Metric metric : Metric.values()) {
      List<OrdinalList> lists =
          List.of(list(0, 7), list(3, 8, 299), list(4, 1, 2, 3), list(9, 20, 40, 60, 80, 100));
      HnswIndex index =
          Graphs.build(metric, vectors, Presence.ALL, lists, directory.resolve("graph"), arena);
      assertThat(violation(index, Presence.ALL, lists)).isNull();
      for (OrdinalList list : lists) {
        top.reset(10);
        float[] query = context.begin(metric, vectors.get(5), 8);
        Objects.requireNonNull(index.ofPartition(list)).search(query, 10, Pass.ALL, context, top);
        int[] found = new int[list.count()];
        assertThat(top.drain(found, new float[found.length])).isEqualTo(found.length);
        Arrays.sort(found);
        assertThat(found).isEqualTo(ordinals(list));
      }
    }
  }

  @Test
  void aBuildEndsAtWhicheverStepItIsInterrupted() {
    Vectors vectors = Vectors.clustered(300, 8, 3, arena);
    HnswBuilder.Input input =
        Graphs.input(
            Metric.L2, vectors, Presence.ALL, Graphs.SMALL, lists(cities(300, new Random(5))));
    Path file = directory.resolve("graph");
    int interrupted = 0;
    while (!Files.exists(file)) {
      int last = interrupted + 1;
      AtomicInteger steps = new AtomicInteger();
      // Each step asks for helpers first, on the building thread.
      Executor interrupting =
          task -> {
            if (steps.incrementAndGet() == last) {
              Thread.currentThread().interrupt();
            }
          };
      try (SealedFile.Writer writer = Graphs.writer(file)) {
        new HnswBuilder(input, interrupting, 2).build(writer);
        writer.seal();
      } catch (InterruptedException e) {
        interrupted++;
        assertThat(Files.exists(file)).isFalse();
      }
    }
    // Codes and calibration; of each of three graphs the entries, the other rows, and the trimming.
    assertThat(interrupted).isEqualTo(2 + 3 * 3);
  }

  @Test
  void rowsWithoutAVectorAreNotInTheGraph() throws InterruptedException {
    Vectors vectors = Vectors.clustered(2_000, 8, 3, arena);
    MemorySegment bits = arena.allocate(2_000 / 8);
    for (int ordinal = 0; ordinal < 2_000; ordinal += 8) {
      bits.set(ValueLayout.JAVA_BYTE, ordinal / 8, (byte) 0b0110_1101);
    }
    Presence presence = new Presence(bits);
    List<OrdinalList> lists = lists(cities(2_000, new Random(3)));
    HnswIndex index =
        Graphs.build(Metric.L2, vectors, presence, lists, directory.resolve("graph"), arena);
    assertThat(violation(index, presence, lists)).isNull();
    assertThat(violation(index, Presence.ALL, lists)).contains("linked rows: ");
  }

  @Test
  void aLinkIntoAnotherPartitionIsFound() throws InterruptedException {
    Vectors vectors = Vectors.clustered(500, 8, 1, arena);
    List<OrdinalList> lists = lists(cities(500, new Random(2)));
    HnswIndex index =
        Graphs.build(Metric.L2, vectors, Presence.ALL, lists, directory.resolve("graph"), arena);
    int from = lists.get(0).get(4);
    int to = lists.get(1).get(9);
    long links = payloadBytes() - 500L * 2 * Graphs.SMALL.m() * Integer.BYTES;
    long at = links + (long) from * 2 * Graphs.SMALL.m() * Integer.BYTES;

    assertThat(violation(damaged(vectors, at, to), Presence.ALL, lists))
        .isEqualTo("link of node %d: %d (expected: a node of the same partition)", from, to);
    assertThatThrownBy(() -> damaged(vectors, at, 500))
        .isInstanceOf(KindredException.class)
        .hasMessageContaining("damaged");
    List<OrdinalList> swapped =
        List.of(list(0, ordinals(lists.get(1))), list(1, ordinals(lists.get(0))));
    assertThat(violation(index, Presence.ALL, swapped)).contains("linked rows: ");
    assertThat(index.findPartitionViolation(Presence.ALL, number -> null).orElseThrow())
        .isEqualTo("graph of partition 0 (expected: of one that the base has)");
  }

  @Test
  void anEntryInAnotherPartitionIsFound() throws InterruptedException {
    Vectors vectors = Vectors.clustered(500, 8, 1, arena);
    List<OrdinalList> lists = lists(cities(500, new Random(2)));
    Graphs.build(Metric.L2, vectors, Presence.ALL, lists, directory.resolve("graph"), arena);
    long links = payloadBytes() - 500L * 2 * Graphs.SMALL.m() * Integer.BYTES;
    long entries = links - HnswLayout.align(2 * 32 * Integer.BYTES);
    int to = lists.get(1).get(9);

    assertThat(violation(damaged(vectors, entries, to), Presence.ALL, lists))
        .isEqualTo("partition 0: entry: row %d (expected: a node of the same partition)", to);
    for (int offset : new int[] {0, 4, 8}) {
      long at = entries - HnswLayout.ALIGNMENT + offset;
      assertThatThrownBy(() -> damaged(vectors, at, 0x0fff_ffff))
          .isInstanceOf(KindredException.class)
          .hasMessageContaining("damaged");
    }
  }

  private long payloadBytes() {
    try (Arena whileReading = Arena.ofConfined()) {
      return sealed(whileReading).payloadBytes();
    }
  }

  private SealedFile sealed(Arena whileReading) {
    return SealedFile.open(
        new FileDisk(), directory.resolve("graph"), HnswIndex.FORMAT, whileReading);
  }

  /// The graph with another number at an offset.
  private HnswIndex damaged(Vectors vectors, long offset, int number) {
    Path damaged = directory.resolve("damaged");
    try (Arena whileReading = Arena.ofConfined();
        SealedFile.Writer writer = Graphs.writer(damaged)) {
      byte[] payload = sealed(whileReading).payload().toArray(ValueLayout.JAVA_BYTE);
      MemorySegment.ofArray(payload).set(ValueLayout.JAVA_INT_UNALIGNED, offset, number);
      writer.write(MemorySegment.ofArray(payload));
      writer.seal();
    }
    return Graphs.open(Metric.L2, vectors, damaged, arena);
  }

  private static @Nullable String violation(
      HnswIndex index, Presence presence, List<OrdinalList> lists) {
    return index
        .findPartitionViolation(presence, number -> byNumber(lists, number))
        .or(() -> index.findViolation(presence))
        .orElse(null);
  }

  private static @Nullable OrdinalList byNumber(List<OrdinalList> lists, int number) {
    return lists.stream().filter(list -> list.number() == number).findFirst().orElse(null);
  }

  /// The partition of each row: 0, 1, or 2 for none.
  private static int[] cities(int count, Random random) {
    int[] cities = new int[count];
    for (int i = 0; i < count; i++) {
      int of10 = random.nextInt(10);
      cities[i] = of10 < 6 ? 0 : of10 < 9 ? 1 : 2;
    }
    return cities;
  }

  private List<OrdinalList> lists(int[] cities) {
    List<OrdinalList> lists = new ArrayList<>();
    for (int city = 0; city < 2; city++) {
      int number = city;
      int[] ordinals =
          IntStream.range(0, cities.length).filter(row -> cities[row] == number).toArray();
      lists.add(list(number, ordinals));
    }
    return lists;
  }

  private static int[] ordinals(OrdinalList list) {
    return list.ordinals().toArray(Links.INT);
  }

  private OrdinalList list(int number, int... ordinals) {
    return new OrdinalList(number, arena.allocateFrom(Links.INT, ordinals), ordinals.length);
  }
}
