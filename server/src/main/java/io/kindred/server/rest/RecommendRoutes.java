package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.filter.Filter;
import io.kindred.server.ServerOptions;
import io.kindred.server.json.SearchJson;
import io.kindred.server.json.ValueJson;
import io.kindred.server.rows.Keys;
import io.kindred.server.rows.Searches;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The route that recommends items to a user. Thread-safe.
///
/// Vector and seen items come from one reading of the user's row, and the matches with their rows
/// from one search of the items, and so from one version of that table.
@Description("What to show a user: the nearest items that they have not seen.")
public final class RecommendRoutes {
  private static final int K_MAX = 1000;

  private final Calls calls;
  private final Searches searches;
  private final String usersTable;
  private final String itemsTable;

  public RecommendRoutes(Calls calls, Searches searches, ServerOptions options) {
    this.calls = calls;
    this.searches = searches;
    this.usersTable = options.usersTable();
    this.itemsTable = options.itemsTable();
  }

  @Get("/v1/recommend/{userId}")
  @Description(
      "The items nearest to the user's vector, without those seen: `k` is 1 to 1,000, and 20 where"
          + " it is left out; `filter` is a filter in JSON; `recall` above 0 and below 1; `seen`"
          + " the name of the pipeline's `seen` step's set.")
  public CompletableFuture<HttpResponse> recommend(
      @Param("userId") String userId,
      @Param("k") @Default("20") String k,
      @Param("filter") @Default("") String filter,
      @Param("recall") @Default("") String recall,
      @Param("seen") @Default("seen") String seen) {
    return calls.computeThenAwait(
        Operation.RECOMMEND,
        itemsTable,
        () -> {
          int count = (int) QueryParameters.number("k", k, 1, K_MAX);
          Filter chosen =
              filter.isEmpty()
                  ? null
                  : ValueJson.parseFilter(filter.getBytes(StandardCharsets.UTF_8));
          Effort effort = effort(recall);
          StoredRow user = user(userId);
          Table items = calls.store().table(itemsTable);
          SearchRequest request =
              new SearchRequest(
                  FeatureRoutes.vectorField(items.spec()),
                  new SearchRequest.Target.Vector(vector(user)),
                  count,
                  chosen,
                  null,
                  List.of(),
                  null,
                  effort,
                  null,
                  Projection.FIELDS,
                  seen(user, seen),
                  false);
          return searches
              .search(items, List.of(request))
              .thenApply(
                  results -> Answers.ok(SearchJson.recommended(user.key(), results.getFirst())));
        });
  }

  private static Effort effort(String recall) {
    if (recall.isEmpty()) {
      return Effort.Recall.DEFAULT;
    }
    try {
      return new Effort.Recall(Double.parseDouble(recall));
    } catch (NumberFormatException e) {
      KindredException wrong =
          KindredException.of(ErrorCode.INVALID_ARGUMENT, "recall", recall, "above 0 and below 1");
      wrong.initCause(e);
      throw wrong;
    }
  }

  private StoredRow user(String id) {
    Table users = calls.store().table(usersTable);
    Key key = Keys.parse(users.spec().key(), id);
    calls.telemetry().traffic(usersTable).read(1);
    return users.get(key, Projection.ALL).orElseThrow(RecommendRoutes::absent);
  }

  private float[] vector(StoredRow user) {
    String field = FeatureRoutes.vectorField(calls.store().table(usersTable).spec());
    float[] vector = user.vectors().get(field);
    if (vector == null) {
      throw absent();
    }
    return vector;
  }

  private static KindredException absent() {
    return new KindredException(ErrorCode.ROW_NOT_FOUND, "User feature vector not found.");
  }

  /// What the user has seen, or null where nothing is known of it.
  private static @Nullable BloomFilter seen(StoredRow user, String name) {
    Value state = user.metadata().get(name);
    return state == null ? null : BloomFilter.ofState(state);
  }
}
