package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Explanation;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchRequest.Target;
import io.kindred.engine.SearchResult;
import io.kindred.engine.TableSpec;
import io.kindred.engine.filter.Filter;
import io.kindred.server.rows.AnswerBudget;
import io.kindred.server.rows.DeclaredFields;
import io.kindred.server.work.ReadAfter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Searches in JSON. One reader reads one request. Owned by the thread that reads it.
public final class SearchJson {
  /// What a search request asks. Immutable.
  ///
  /// @param isBatch whether the answer is a list of results, also for a single query
  public record Search(
      List<SearchRequest> queries, boolean isBatch, @Nullable ReadAfter readAfter) {}

  private static final int K_DEFAULT = 10;
  private static final String MEMBERS =
      "vector, id, vectors, field, k, filter, partition, exclude, min_score, recall, ef, exact,"
          + " bloom, explain, version, include, token, timeout_ms";

  private final TableSpec table;
  private final List<Target> targets = new ArrayList<>();
  private final RowRequests.Common common = new RowRequests.Common();
  private @Nullable String targetMember;
  private @Nullable String field;
  private int k = K_DEFAULT;
  private @Nullable Filter filter;
  private @Nullable String partition;
  private List<Key> exclude = List.of();
  private @Nullable BloomFilter bloom;
  private boolean isExplained;
  private @Nullable Float minScore;
  private @Nullable Effort effort;
  private @Nullable String version;
  private Projection projection = Projection.KEY;

  private SearchJson(TableSpec table) {
    this.table = table;
  }

  public static Search parse(byte[] text, TableSpec table) {
    return Json.read(text, in -> new SearchJson(table).read(in));
  }

  private Search read(JsonParser in) throws IOException {
    Members.each(
        in,
        "request",
        name -> {
          if (!readTarget(in, name) && !readChoice(in, name) && !readEffort(in, name)) {
            readOther(in, name);
          }
        });
    if (targetMember == null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "vector, id, vectors", "none", "one of the three");
    }
    String vectorField = DeclaredFields.vectorName(table, field);
    List<SearchRequest> queries = new ArrayList<>(targets.size());
    for (Target target : targets) {
      queries.add(
          new SearchRequest(
              vectorField,
              checked(target, vectorField),
              k,
              filter,
              partition,
              exclude,
              minScore,
              effort == null ? Effort.Recall.DEFAULT : effort,
              version,
              projection,
              bloom,
              isExplained));
    }
    return new Search(queries, "vectors".equals(targetMember), common.readAfter());
  }

  private Target checked(Target target, String vectorField) {
    int dimension = DeclaredFields.vector(table, vectorField).dimension();
    if (target instanceof Target.Vector(float[] values) && values.length != dimension) {
      throw DeclaredFields.wrongDimension(values.length, dimension, table.name(), vectorField);
    }
    return target;
  }

  private boolean readTarget(JsonParser in, String name) throws IOException {
    switch (name) {
      case "vector" -> targets.add(new Target.Vector(VectorJson.read(in, table)));
      case "id" -> targets.add(new Target.StoredKey(KeyJson.read(in, table.key())));
      case "vectors" -> {
        Members.require(in, name, JsonToken.START_ARRAY, "an array of vectors");
        while (in.nextToken() != JsonToken.END_ARRAY) {
          Members.requireRoom(name, targets.size(), AnswerBudget.SEARCH_QUERIES_MAX);
          targets.add(new Target.Vector(VectorJson.read(in, table)));
        }
      }
      default -> {
        return false;
      }
    }
    if (targetMember != null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "vector, id, vectors",
          targetMember + " and " + name,
          "one of the three");
    }
    targetMember = name;
    return true;
  }

  /// Members that choose among rows. Null is as good as leaving one out.
  private boolean readChoice(JsonParser in, String name) throws IOException {
    boolean isGiven = in.currentToken() != JsonToken.VALUE_NULL;
    switch (name) {
      case "filter" -> filter = isGiven ? ValueJson.readFilter(in) : null;
      case "partition" -> partition = isGiven ? Members.text(in, name) : null;
      case "exclude" ->
          exclude =
              isGiven
                  ? KeyJson.readAll(in, name, table.key(), Limits.EXCLUDED_KEYS_MAX)
                  : List.of();
      case "min_score" -> minScore = isGiven ? (float) Members.number(in, name) : null;
      case "bloom" -> bloom = isGiven ? BloomJson.read(in) : null;
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readEffort(JsonParser in, String name) throws IOException {
    Effort chosen;
    switch (name) {
      case "recall" -> chosen = new Effort.Recall(Members.number(in, name));
      case "ef" -> chosen = new Effort.BeamWidth(Members.integer(in, name));
      case "exact" -> chosen = Members.bool(in, name) ? new Effort.Exact() : null;
      case "nprobe" -> chosen = new Effort.Probes(Members.integer(in, name));
      default -> {
        return false;
      }
    }
    if (chosen != null && effort != null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "recall, ef, nprobe, exact",
          "several",
          "at most one of the four");
    }
    effort = chosen == null ? effort : chosen;
    return true;
  }

  private void readOther(JsonParser in, String name) throws IOException {
    switch (name) {
      case "field" -> field = Members.text(in, name);
      case "k" -> k = Members.integer(in, name);
      case "version" -> version = Members.text(in, name);
      case "explain" -> isExplained = Members.bool(in, name);
      case "include" -> projection = readInclude(in);
      default -> {
        if (!common.readToken(in, name)) {
          throw Members.unknown("request", name, MEMBERS);
        }
      }
    }
  }

  private static Projection readInclude(JsonParser in) throws IOException {
    boolean fields = false;
    boolean vectors = false;
    for (String part : Members.texts(in, "include", 2)) {
      switch (part) {
        case "fields" -> fields = true;
        case "vectors" -> vectors = true;
        default ->
            throw KindredException.of(
                ErrorCode.INVALID_ARGUMENT,
                "include",
                Members.shortened(part),
                "fields or vectors");
      }
    }
    return Projection.of(fields, vectors);
  }

  /// Writes one result, or all results of a batch as `{"results":[…]}`.
  public static byte[] answer(Search search, List<SearchResult> results) {
    Projection wanted = search.queries().isEmpty() ? Projection.KEY : projection(search);
    return Json.write(
        out -> {
          if (!search.isBatch()) {
            write(results.getFirst(), wanted, out);
            return;
          }
          out.writeStartObject();
          out.writeArrayFieldStart("results");
          for (SearchResult result : results) {
            write(result, wanted, out);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  private static Projection projection(Search search) {
    return search.queries().getFirst().projection();
  }

  /// Writes what is recommended to a user.
  public static byte[] recommended(Key user, SearchResult result) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("userId", user.toString());
          writeMembers(result, Projection.FIELDS, out);
          out.writeEndObject();
        });
  }

  private static void write(SearchResult result, Projection projection, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    writeMembers(result, projection, out);
    out.writeEndObject();
  }

  private static void writeMembers(SearchResult result, Projection projection, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart("matches");
    for (SearchResult.Match match : result.matches()) {
      out.writeStartObject();
      RowJson.writeId(match.row(), out);
      out.writeNumberField("score", match.score());
      RowJson.writeOthers(match.row(), projection, out);
      out.writeEndObject();
    }
    out.writeEndArray();
    SearchResult.Stats stats = result.stats();
    out.writeObjectFieldStart("stats");
    out.writeNumberField("visited", stats.visited());
    out.writeStringField("path", stats.path());
    out.writeNumberField("took_us", stats.tookNanos() / 1000);
    out.writeStringField("version", stats.version());
    out.writeEndObject();
    Explanation explanation = result.explanation();
    if (explanation != null) {
      ExplanationJson.write(explanation, out);
    }
  }
}
