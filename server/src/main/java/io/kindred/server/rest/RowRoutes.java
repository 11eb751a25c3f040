package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.Table;
import io.kindred.engine.filter.Filter;
import io.kindred.server.json.AnswerJson;
import io.kindred.server.json.Json;
import io.kindred.server.json.RowJson;
import io.kindred.server.json.RowRequests;
import io.kindred.server.rows.Keys;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The routes about rows. Thread-safe.
@Description("Rows: put, update, delete, get, scan.")
public final class RowRoutes {
  private final Calls calls;
  private final RowOperations operations;

  public RowRoutes(Calls calls, RowOperations operations) {
    this.calls = calls;
    this.operations = operations;
  }

  @Post("/v1/tables/{table}/rows:put")
  @Description(
      "Stores whole rows: `{\"rows\":[{\"id\":…,\"vectors\":{…},\"fields\":{…},\"metadata\":{…}}]}`."
          + " A bad row is rejected with its index, the good ones are stored.")
  public CompletableFuture<HttpResponse> put(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.computeThenAwait(
        Operation.PUT,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Write write = RowRequests.write(request.content().array(), table.spec());
          return operations
              .put(table, write.batch(), write.operationId())
              .thenApply(outcome -> Answers.ok(AnswerJson.written("put", outcome)));
        });
  }

  @Post("/v1/tables/{table}/rows:update")
  @Description("Changes only what is named of rows that exist; null removes a field.")
  public CompletableFuture<HttpResponse> update(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.computeThenAwait(
        Operation.UPDATE,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Write write = RowRequests.write(request.content().array(), table.spec());
          return operations
              .update(table, write.batch(), write.operationId())
              .thenApply(outcome -> Answers.ok(AnswerJson.written("updated", outcome)));
        });
  }

  @Post("/v1/tables/{table}/rows:delete")
  @Description("Deletes rows: `{\"ids\":[…]}` or `{\"filter\":{…}}`.")
  public CompletableFuture<HttpResponse> delete(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.computeThenAwait(
        Operation.DELETE,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Delete delete = RowRequests.delete(request.content().array(), table.spec());
          Filter filter = delete.filter();
          if (filter != null) {
            return operations
                .deleteWhere(table, filter, delete.operationId())
                .thenApply(outcome -> Answers.ok(AnswerJson.deleted(outcome, List.of())));
          }
          List<Key> ids = delete.ids() == null ? List.of() : delete.ids();
          return operations
              .delete(table, ids, delete.operationId())
              .thenApply(outcome -> Answers.ok(AnswerJson.deleted(outcome, ids)));
        });
  }

  @Post("/v1/tables/{table}/rows:get")
  @Description("Rows by id, in the order asked: `{\"ids\":[…],\"fields\":true,\"vectors\":true}`.")
  public CompletableFuture<HttpResponse> get(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.read(
        Operation.GET,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Get get = RowRequests.get(request.content().array(), table.spec());
          return new Calls.Read<>(
              get.readAfter(),
              () ->
                  CompletableFuture.completedFuture(
                      Answers.ok(
                          AnswerJson.rows(
                              get.ids(),
                              operations.get(table, get.ids(), get.projection()),
                              get.projection()))));
        });
  }

  @Post("/v1/tables/{table}/rows:scan")
  @Description("A page of rows in the order of their ids: `{\"after\":…,\"limit\":1000}`.")
  public CompletableFuture<HttpResponse> scan(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.read(
        Operation.SCAN,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Scan scan = RowRequests.scan(request.content().array(), table.spec());
          return new Calls.Read<>(
              scan.readAfter(),
              () ->
                  CompletableFuture.completedFuture(
                      Answers.ok(
                          AnswerJson.page(
                              operations.scan(table, scan.scan()), scan.scan().projection()))));
        });
  }

  @Get("/v1/tables/{table}/rows/{id}")
  @Description("One row, or 404.")
  public CompletableFuture<HttpResponse> getOne(
      @Param("table") String name, @Param("id") String id) {
    return calls.compute(
        Operation.GET,
        name,
        () -> {
          Table table = calls.store().table(name);
          Key key = Keys.parse(table.spec().key(), id);
          calls.telemetry().traffic(name).read(1);
          return table
              .get(key, Projection.ALL)
              .map(row -> Answers.ok(Json.write(out -> RowJson.write(row, Projection.ALL, out))))
              .orElseThrow(() -> absent(name, key));
        });
  }

  @Delete("/v1/tables/{table}/rows/{id}")
  @Description("Deletes one row: 200, or 404 where there is none.")
  public CompletableFuture<HttpResponse> deleteOne(
      @Param("table") String name, @Param("id") String id) {
    return calls.computeThenAwait(
        Operation.DELETE,
        name,
        () -> {
          Table table = calls.store().table(name);
          Key key = Keys.parse(table.spec().key(), id);
          return operations
              .delete(table, List.of(key), null)
              .thenApply(
                  outcome -> {
                    if (!outcome.missing().isEmpty()) {
                      throw absent(name, key);
                    }
                    return Answers.ok(AnswerJson.deleted(outcome, List.of(key)));
                  });
        });
  }

  private static KindredException absent(String table, Key key) {
    return KindredException.of(ErrorCode.ROW_NOT_FOUND, "id", key, "a row of table " + table);
  }
}
