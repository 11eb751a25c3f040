package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchResult;
import io.kindred.engine.SearchResult.Match;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.filter.Filter;
import io.kindred.server.json.SearchJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way to search a table: the only place where benchmarks of searches call the engine.
/// Immutable, thread-safe.
///
/// @param k matches wanted
record SearchCall(Table table, int k, Effort effort) {

  /// Searches, and copies the keys of the matches, nearest first.
  ///
  /// @param keys takes up to k
  SearchResult search(float[] query, @Nullable Filter filter, long[] keys) {
    SearchRequest request =
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(query),
            k,
            filter,
            null,
            List.of(),
            null,
            effort,
            null,
            Projection.KEY);
    SearchResult result = table.search(request);
    int count = 0;
    for (Match match : result.matches()) {
      keys[count++] = ((Key.Uint64) match.key()).value();
    }
    return result;
  }

  /// How hard to look, as a REST request says it: `ef` or `nprobe`, and a number.
  ///
  /// @throws BadInputException where there is no such knob
  static Effort effort(TableSpec table, String knob, int value) {
    Ranges.require("--sweep", value, 1, Limits.EF_MAX);
    String json = "{\"id\":0,\"%s\":%d}".formatted(knob, value);
    try {
      SearchJson.Search search = SearchJson.parse(json.getBytes(StandardCharsets.UTF_8), table);
      return search.queries().getFirst().effort();
    } catch (KindredException e) {
      throw new BadInputException(String.valueOf(e.getMessage()));
    }
  }

  /// At least so much recall, by what the engine has tuned.
  static Effort recall(double value) {
    return new Effort.Recall(value);
  }
}
