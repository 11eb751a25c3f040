package io.kindred.server.grpc;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Explanation;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchRequest.Target;
import io.kindred.engine.SearchResult;
import io.kindred.engine.TableSpec;
import io.kindred.engine.filter.Filter;
import io.kindred.protocol.v1.Match;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchResponse;
import io.kindred.protocol.v1.SearchStats;
import io.kindred.server.rows.DeclaredFields;
import java.util.ArrayList;
import java.util.List;

/// Searches in protobuf.
final class ProtoSearches {
  private static final int K_DEFAULT = 10;

  private ProtoSearches() {}

  static List<SearchRequest> read(io.kindred.protocol.v1.SearchRequest message, TableSpec table) {
    String field = DeclaredFields.vectorName(table, ProtoRows.orNull(message.getField()));
    Filter filter = ProtoReads.filter(message.getFilter());
    List<Key> exclude = exclude(message, table);
    BloomFilter bloom = message.hasBloom() ? bloom(message.getBloom()) : null;
    List<SearchRequest> queries = new ArrayList<>(message.getQueriesCount());
    for (Query query : message.getQueriesList()) {
      queries.add(
          new SearchRequest(
              field,
              target(query, table, field),
              message.getK() == 0 ? K_DEFAULT : message.getK(),
              filter,
              message.hasPartition() ? message.getPartition() : null,
              exclude,
              message.hasMinScore() ? minScore(message.getMinScore()) : null,
              effort(message),
              ProtoRows.orNull(message.getVersion()),
              ProtoRows.projection(message.getInclude()),
              bloom,
              message.getExplain()));
    }
    return queries;
  }

  private static BloomFilter bloom(io.kindred.protocol.v1.BloomFilter message) {
    return BloomFilter.of(
        Integer.toUnsignedLong(message.getVersion()),
        Integer.toUnsignedLong(message.getHashes()),
        message.getBits(),
        message.getWords().toByteArray());
  }

  private static List<Key> exclude(io.kindred.protocol.v1.SearchRequest message, TableSpec table) {
    if (message.getExcludeCount() > Limits.EXCLUDED_KEYS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "exclude",
          message.getExcludeCount(),
          "at most " + Limits.EXCLUDED_KEYS_MAX);
    }
    return ProtoKeys.readAll(message.getExcludeList(), table.key());
  }

  private static Target target(Query query, TableSpec table, String field) {
    return switch (query.getNearCase()) {
      case VECTOR -> {
        int dimension = DeclaredFields.vector(table, field).dimension();
        float[] vector =
            ProtoVectors.read(query.getVector(), "table: " + table.name() + ", field: " + field);
        if (vector.length != dimension) {
          throw DeclaredFields.wrongDimension(vector.length, dimension, table.name(), field);
        }
        yield new Target.Vector(vector);
      }
      case ID -> new Target.StoredKey(ProtoKeys.read(query.getId(), table.key()));
      case NEAR_NOT_SET ->
          throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "query", "none", "vector or id");
    };
  }

  private static float minScore(float minScore) {
    if (!Float.isFinite(minScore)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "min_score", minScore, "a finite number");
    }
    return minScore;
  }

  private static Effort effort(io.kindred.protocol.v1.SearchRequest message) {
    return switch (message.getEffortCase()) {
      case RECALL -> new Effort.Recall(message.getRecall());
      case EF -> new Effort.BeamWidth(message.getEf());
      case NPROBE -> new Effort.Probes(message.getNprobe());
      case EXACT -> new Effort.Exact();
      case EFFORT_NOT_SET -> Effort.Recall.DEFAULT;
    };
  }

  static SearchResponse write(List<SearchResult> results) {
    SearchResponse.Builder response = SearchResponse.newBuilder();
    for (SearchResult result : results) {
      io.kindred.protocol.v1.SearchResult.Builder message =
          io.kindred.protocol.v1.SearchResult.newBuilder();
      for (SearchResult.Match match : result.matches()) {
        message.addMatches(
            Match.newBuilder().setScore(match.score()).setRow(ProtoRows.write(match.row())));
      }
      Explanation explanation = result.explanation();
      if (explanation != null) {
        message.setExplanation(ProtoExplanations.write(explanation));
      }
      SearchResult.Stats stats = result.stats();
      response.addResults(
          message.setStats(
              SearchStats.newBuilder()
                  .setVisited(stats.visited())
                  .setPath(stats.path())
                  .setTookUs(stats.tookNanos() / 1000)
                  .setVersion(stats.version())));
    }
    return response.build();
  }
}
