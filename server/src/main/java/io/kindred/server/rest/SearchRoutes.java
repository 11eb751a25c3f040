package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.Table;
import io.kindred.server.json.SearchJson;
import io.kindred.server.rows.Searches;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.concurrent.CompletableFuture;

/// The route of searches. Thread-safe.
@Description("Search: the rows whose vectors are nearest to a given one.")
public final class SearchRoutes {
  private final Calls calls;
  private final Searches searches;

  public SearchRoutes(Calls calls, Searches searches) {
    this.calls = calls;
    this.searches = searches;
  }

  /// Within a segment only a regular expression finds the variable.
  @Post("regex:^/v1/tables/(?<table>[^/:]+):search$")
  @Description(
      "`POST /v1/tables/{table}:search` with `{\"vector\":[…],\"k\":10,\"filter\":{…}}`, or with `id`,"
          + " or with `vectors` for a batch.")
  public CompletableFuture<HttpResponse> search(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.read(
        Operation.SEARCH,
        name,
        () -> {
          Table table = calls.store().table(name);
          SearchJson.Search search = SearchJson.parse(request.content().array(), table.spec());
          return new Calls.Read<>(
              search.readAfter(),
              () ->
                  searches
                      .search(table, search.queries())
                      .thenApply(results -> Answers.ok(SearchJson.answer(search, results))));
        });
  }
}
