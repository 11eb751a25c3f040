package io.kindred.app.soak;

import io.kindred.client.KindredClient;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchResponse;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// Searches, every fourth time with a filter. No answer is short. Owned by one thread.
final class Searcher {
  private static final int K = 10;
  private static final int FILTERED_EVERY = 4;

  private final KindredClient client;
  private final SoakPlan plan;
  private final Latencies latencies;
  private final SplittableRandom random;

  Searcher(KindredClient client, SoakPlan plan, Latencies latencies, long seed) {
    this.client = client;
    this.plan = plan;
    this.latencies = latencies;
    this.random = new SplittableRandom(seed);
  }

  void run(BooleanSupplier isOver) {
    SoakRows rows = new SoakRows(plan.dimension());
    Pace pace = new Pace(plan.searchesPerSecond());
    for (long call = 0; !isOver.getAsBoolean(); call++) {
      SearchRequest.Builder search =
          SearchRequest.newBuilder()
              .setTable(SoakRows.TABLE)
              .addQueries(Query.newBuilder().setVector(rows.vector(random.nextLong(), 0)))
              .setK(K);
      if (call % FILTERED_EVERY == 0) {
        search.setFilter("{\"bucket\":" + random.nextInt(SoakRows.BUCKETS) + "}");
      }
      long due = pace.next();
      SearchResponse answer = client.search(search.build());
      latencies.add(System.nanoTime() - due);
      int found = answer.getResults(0).getMatchesCount();
      if (found != K) {
        throw new AssertionError("matches: " + found + " (expected: " + K + ")");
      }
    }
  }
}
