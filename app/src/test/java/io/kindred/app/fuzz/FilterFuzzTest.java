package io.kindred.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode.Kind;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.filter.Filter;
import io.kindred.server.json.ValueJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Filters and Bloom filters, mutated: each is refused as its caller's mistake, or serves.
final class FilterFuzzTest {
  @TempDir Path directory;

  @Test
  void aFilterIsRefusedOrSplitsTheRowsInTwo() {
    Corpus<String> corpus = Corpus.lines("filters.txt");
    try (FuzzedServer server = new FuzzedServer(directory)) {
      server.prepare();
      Table table = server.store.table("t");
      table.fold();
      Set<Key> all = keys(table.scan(null, 100, null, Projection.KEY));
      new Fuzzer("filter", 3_000)
          .run(
              random -> JsonMutations.of(random, line(corpus, random), line(corpus, random)),
              input -> feed(input, table, all));
    }
  }

  private static byte[] line(Corpus<String> corpus, Random random) {
    return corpus.any(random).getBytes(StandardCharsets.UTF_8);
  }

  /// What a filter and its negation let through are all rows together, and no row comes twice.
  private static void feed(byte[] input, Table table, Set<Key> all) {
    Set<Key> found;
    Filter filter;
    try {
      filter = ValueJson.parseFilter(input);
      found = keys(table.scan(null, 100, filter, Projection.KEY));
    } catch (KindredException e) {
      requireRefusal(e);
      return;
    }
    Set<Key> others;
    try {
      others = keys(table.scan(null, 100, new Filter.Not(filter), Projection.KEY));
    } catch (KindredException e) {
      // One level deeper than a filter may be.
      requireRefusal(e);
      return;
    }
    assertThat(others).noneMatch(found::contains);
    others.addAll(found);
    assertThat(others).isEqualTo(all);
    var _ = table.search(search(filter, null));
  }

  private static Set<Key> keys(ScanPage page) {
    Set<Key> keys = new HashSet<>();
    for (StoredRow row : page.rows()) {
      assertThat(keys.add(row.key())).isTrue();
    }
    return keys;
  }

  private static void requireRefusal(KindredException e) {
    assertThat(e.code().kind()).as("%s", e).isIn(Kind.INVALID, Kind.TOO_LARGE);
    assertThat(e.getMessage()).containsPattern("expected: |^JSON: ");
  }

  private static SearchRequest search(
      @org.jspecify.annotations.Nullable Filter filter,
      @org.jspecify.annotations.Nullable BloomFilter bloom) {
    return new SearchRequest(
        "v",
        new SearchRequest.Target.Vector(new float[] {1, 0, 0, 0}),
        10,
        filter,
        null,
        List.of(),
        null,
        SearchRequest.Effort.Recall.DEFAULT,
        null,
        Projection.KEY,
        bloom,
        false);
  }

  /// The four numbers of a Bloom filter.
  private record Bloom(long version, long hashes, long bits, int bytes, long seed) {}

  @Test
  void aBloomFilterIsRefusedOrServes() {
    try (FuzzedServer server = new FuzzedServer(directory)) {
      server.prepare();
      Table table = server.store.table("t");
      new Fuzzer("bloom", 1_000).run(FilterFuzzTest::bloom, input -> feed(input, table));
    }
  }

  private static Bloom bloom(Random random) {
    int bytes = 8 << random.nextInt(8);
    return new Bloom(
        random.nextInt(8) == 0 ? edge(random) : 1,
        random.nextInt(4) == 0 ? edge(random) : 1 + random.nextInt(32),
        random.nextInt(4) == 0 ? edge(random) : bytes * 8L,
        random.nextInt(8) == 0 ? random.nextInt(2_000) : bytes,
        random.nextLong());
  }

  private static long edge(Random random) {
    return Mutations.NUMBERS[random.nextInt(Mutations.NUMBERS.length)];
  }

  private static void feed(Bloom input, Table table) {
    byte[] bytes = new byte[input.bytes()];
    new Random(input.seed()).nextBytes(bytes);
    try {
      BloomFilter bloom = BloomFilter.of(input.version(), input.hashes(), input.bits(), bytes);
      var _ = table.search(search(null, bloom));
    } catch (KindredException e) {
      requireRefusal(e);
    }
  }
}
