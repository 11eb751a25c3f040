package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.server.ServerOptions;
import io.kindred.server.json.Json;
import io.kindred.server.json.ValueJson;
import io.kindred.server.json.VectorJson;
import io.kindred.server.rows.Keys;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The recommender routes, over the tables of users and of items. Thread-safe.
@Description("What a recommender asks about a user or an item.")
public final class FeatureRoutes {
  private static final int SIMILAR_MAX = 20;

  /// The vector field that is meant where a table has several.
  private static final String VECTOR = "embedding";

  /// A kind of thing with a table of its own.
  private record Entity(String name, String title, String table) {}

  private final Calls calls;
  private final List<Entity> entities;

  public FeatureRoutes(Calls calls, ServerOptions options) {
    this.calls = calls;
    this.entities =
        List.of(
            new Entity("user", "User", options.usersTable()),
            new Entity("item", "Item", options.itemsTable()));
  }

  @Get("/v1/features/{entity}/{id}")
  @Description("The vector and the metadata of a `user` or an `item`, or 404.")
  public CompletableFuture<HttpResponse> features(
      @Param("entity") String entityName, @Param("id") String id) {
    return calls.compute(
        Operation.GET,
        tableOf(entityName),
        () -> {
          Entity entity = entity(entityName);
          Table table = calls.store().table(entity.table());
          Key key = Keys.parse(table.spec().key(), id);
          calls.telemetry().traffic(entity.table()).read(1);
          StoredRow row = table.get(key, Projection.ALL).orElseThrow(() -> absent(entity));
          float[] vector = row.vectors().get(vectorField(table.spec()));
          if (vector == null) {
            throw absent(entity);
          }
          return Answers.ok(rendered(entity, row, vector));
        });
  }

  @Get("/v1/features/{entity}/{id}/similar")
  @Description("The nearest others: `topK` is 1 to 20, and 5 where it is left out.")
  public CompletableFuture<HttpResponse> similar(
      @Param("entity") String entityName,
      @Param("id") String id,
      @Param("topK") @Default("5") String topK) {
    return calls.compute(
        Operation.SEARCH,
        tableOf(entityName),
        () -> {
          Entity entity = entity(entityName);
          int k = (int) QueryParameters.number("topK", topK, 1, SIMILAR_MAX);
          Table table = calls.store().table(entity.table());
          Key key = Keys.parse(table.spec().key(), id);
          calls.telemetry().traffic(entity.table()).searched(1);
          return Answers.ok(rendered(entity, key, search(table, key, k, entity)));
        });
  }

  private static SearchResult search(Table table, Key key, int k, Entity entity) {
    SearchRequest request =
        new SearchRequest(
            vectorField(table.spec()),
            new SearchRequest.Target.StoredKey(key),
            k,
            null,
            null,
            List.of(),
            null,
            SearchRequest.Effort.Recall.DEFAULT,
            null,
            Projection.FIELDS);
    try {
      return table.search(request);
    } catch (KindredException e) {
      if (e.code() == ErrorCode.ROW_NOT_FOUND) {
        throw absent(entity);
      }
      throw e;
    }
  }

  /// The table behind an entity, or empty where there is no such entity.
  private String tableOf(String name) {
    return entities.stream()
        .filter(entity -> entity.name().equals(name))
        .map(Entity::table)
        .findFirst()
        .orElse("");
  }

  private Entity entity(String name) {
    for (Entity entity : entities) {
      if (entity.name().equals(name)) {
        return entity;
      }
    }
    throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "entity", name, "user or item");
  }

  private static KindredException absent(Entity entity) {
    return new KindredException(
        ErrorCode.ROW_NOT_FOUND, entity.title() + " feature vector not found.");
  }

  /// The vector field that is meant where none is named.
  static String vectorField(TableSpec spec) {
    if (spec.vectors().isEmpty()) {
      throw new KindredException(
          ErrorCode.UNKNOWN_FIELD,
          "field: none (expected: a table with a vector field, table: " + spec.name() + ")");
    }
    return spec.vectors().containsKey(VECTOR) ? VECTOR : spec.vectors().keySet().iterator().next();
  }

  private static byte[] rendered(Entity entity, StoredRow row, float[] vector) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("id", entity.name() + ":" + row.key());
          out.writeFieldName("values");
          VectorJson.write(vector, out);
          out.writeFieldName("metadata");
          ValueJson.writeEntries(all(row), out);
          out.writeEndObject();
        });
  }

  private static byte[] rendered(Entity entity, Key source, SearchResult result) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("source" + entity.title() + "Id", source.toString());
          out.writeArrayFieldStart("similar");
          for (SearchResult.Match match : result.matches()) {
            out.writeStartObject();
            out.writeStringField("id", match.key().toString());
            out.writeNumberField("score", match.score());
            out.writeFieldName("metadata");
            ValueJson.writeEntries(all(match.row()), out);
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  /// Metadata and declared fields together; a declared field wins.
  private static Map<String, Value> all(StoredRow row) {
    Map<String, Value> all = new LinkedHashMap<>(row.metadata());
    all.putAll(row.fields());
    return all;
  }
}
