package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.server.json.Json;
import io.kindred.server.json.TableInfoJson;
import io.kindred.server.json.TableJson;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The routes about tables. Thread-safe.
@Description("Tables: create, list, describe, drop.")
public final class TableRoutes {
  private final Calls calls;

  public TableRoutes(Calls calls) {
    this.calls = calls;
  }

  @Post("/v1/tables")
  @Description(
      "Creates a table from `{\"name\":…,\"key\":…,\"vectors\":{…},\"fields\":{…}}` and answers 201"
          + " with the table as stored.")
  public CompletableFuture<HttpResponse> create(AggregatedHttpRequest request) {
    return calls.await(
        Operation.CREATE_TABLE,
        () -> {
          Table table = calls.store().createTable(TableJson.parse(request.content().array()));
          return Answers.created(rendered(table.info()));
        });
  }

  @Get("/v1/tables")
  @Description("All tables, by name: `{\"tables\":[…]}`.")
  public CompletableFuture<HttpResponse> list() {
    return calls.compute(
        Operation.LIST_TABLES,
        () -> {
          List<TableInfo> tables = new ArrayList<>();
          for (Table table : calls.store().tables()) {
            tables.add(table.info());
          }
          return Answers.ok(rendered(tables));
        });
  }

  @Get("/v1/tables/{table}")
  @Description("One table with its sizes and the states of its indexes.")
  public CompletableFuture<HttpResponse> get(@Param("table") String table) {
    return calls.compute(
        Operation.GET_TABLE, table, () -> Answers.ok(rendered(calls.store().table(table).info())));
  }

  @Delete("/v1/tables/{table}")
  @Description("Drops a table with all of its rows, for good.")
  public CompletableFuture<HttpResponse> drop(@Param("table") String table) {
    return calls.await(
        Operation.DROP_TABLE,
        () -> {
          calls.store().dropTable(table);
          calls.telemetry().forget(table);
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("dropped", table);
                    out.writeEndObject();
                  }));
        });
  }

  private static byte[] rendered(TableInfo info) {
    return Json.write(out -> TableInfoJson.write(info, out));
  }

  private static byte[] rendered(List<TableInfo> tables) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("tables");
          for (TableInfo info : tables) {
            TableInfoJson.write(info, out);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
