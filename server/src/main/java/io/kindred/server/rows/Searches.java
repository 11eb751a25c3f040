package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Table;
import io.kindred.server.events.EventTail;
import io.kindred.server.work.Calls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Searches as REST and gRPC share them: counted, a batch spread over the threads of the pool,
/// answers bounded. Thread-safe.
public final class Searches {
  private static final int SPREAD_FROM = 8;

  private final Calls calls;
  private final EventTail events;

  public Searches(Calls calls, EventTail events) {
    this.calls = calls;
    this.events = events;
  }

  /// Answers each query, in their order. Begins on the calling thread.
  public CompletableFuture<List<SearchResult>> search(Table table, List<SearchRequest> queries) {
    requireBounds(queries);
    calls.telemetry().traffic(table.spec().name()).searched(queries.size());
    if (queries.size() < SPREAD_FROM) {
      return CompletableFuture.completedFuture(searchAll(table, queries));
    }
    int parts = Runtime.getRuntime().availableProcessors();
    int size = (queries.size() + parts - 1) / parts;
    List<CompletableFuture<List<SearchResult>>> answers = new ArrayList<>();
    for (int from = 0; from < queries.size(); from += size) {
      List<SearchRequest> part = queries.subList(from, Math.min(from + size, queries.size()));
      answers.add(calls.part(table.spec().name(), () -> searchAll(table, part)));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> answers.stream().flatMap(part -> part.join().stream()).toList());
  }

  private List<SearchResult> searchAll(Table table, List<SearchRequest> queries) {
    SearchResult[] results = new SearchResult[queries.size()];
    AnswerBudget budget = new AnswerBudget();
    for (int i = 0; i < results.length; i++) {
      results[i] = table.search(queries.get(i));
      events.searched(table.spec().name(), results[i]);
      for (SearchResult.Match match : results[i].matches()) {
        budget.require(match.row());
      }
    }
    return Arrays.asList(results);
  }

  private static void requireBounds(List<SearchRequest> queries) {
    long matches = 0;
    for (SearchRequest query : queries) {
      matches += query.k();
    }
    if (queries.isEmpty() || queries.size() > AnswerBudget.SEARCH_QUERIES_MAX) {
      throw KindredException.of(
          queries.isEmpty() ? ErrorCode.INVALID_ARGUMENT : ErrorCode.TOO_LARGE,
          "queries",
          queries.size(),
          "1 to " + AnswerBudget.SEARCH_QUERIES_MAX);
    }
    if (matches > AnswerBudget.SEARCH_MATCHES_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "queries times k",
          matches,
          "at most " + AnswerBudget.SEARCH_MATCHES_MAX);
    }
  }
}
