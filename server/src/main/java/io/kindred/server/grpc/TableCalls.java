package io.kindred.server.grpc;

import io.grpc.stub.StreamObserver;
import io.kindred.protocol.v1.CreateTableRequest;
import io.kindred.protocol.v1.DropTableRequest;
import io.kindred.protocol.v1.DropTableResponse;
import io.kindred.protocol.v1.GetTableRequest;
import io.kindred.protocol.v1.ListTablesRequest;
import io.kindred.protocol.v1.ListTablesResponse;
import io.kindred.protocol.v1.Table;
import io.kindred.protocol.v1.TableServiceGrpc.TableServiceImplBase;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;

/// `kindred.v1.TableService`. Thread-safe.
final class TableCalls extends TableServiceImplBase {
  private final Calls calls;

  TableCalls(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void createTable(CreateTableRequest request, StreamObserver<Table> caller) {
    Replies.answer(
        calls.await(
            Operation.CREATE_TABLE,
            () ->
                ProtoTables.write(
                    calls.store().createTable(ProtoTables.read(request.getTable())).info())),
        caller);
  }

  @Override
  public void listTables(ListTablesRequest request, StreamObserver<ListTablesResponse> caller) {
    Replies.answer(
        calls.compute(
            Operation.LIST_TABLES,
            () -> {
              ListTablesResponse.Builder tables = ListTablesResponse.newBuilder();
              for (io.kindred.engine.Table table : calls.store().tables()) {
                tables.addTables(ProtoTables.write(table.info()));
              }
              return tables.build();
            }),
        caller);
  }

  @Override
  public void getTable(GetTableRequest request, StreamObserver<Table> caller) {
    Replies.answer(
        calls.compute(
            Operation.GET_TABLE,
            request.getTable(),
            () -> ProtoTables.write(calls.store().table(request.getTable()).info())),
        caller);
  }

  @Override
  public void dropTable(DropTableRequest request, StreamObserver<DropTableResponse> caller) {
    Replies.answer(
        calls.await(
            Operation.DROP_TABLE,
            () -> {
              calls.store().dropTable(request.getTable());
              calls.telemetry().forget(request.getTable());
              return DropTableResponse.getDefaultInstance();
            }),
        caller);
  }
}
