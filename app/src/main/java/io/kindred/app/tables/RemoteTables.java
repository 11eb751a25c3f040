package io.kindred.app.tables;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.StatusRuntimeException;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import io.kindred.protocol.v1.CreateTableRequest;
import io.kindred.protocol.v1.GetTableRequest;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import io.kindred.protocol.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Tables behind a server's gRPC port. Thread-safe.
public final class RemoteTables implements Tables {
  private final RemoteServer server;

  /// The tables of a server, whose connection is closed with them.
  public RemoteTables(RemoteServer server) {
    this.server = server;
  }

  @Override
  public Optional<TableSpec> find(String table) {
    GetTableRequest request = GetTableRequest.newBuilder().setTable(table).build();
    try {
      return Optional.of(
          ProtoMapping.table(server.call(() -> server.tables().getTable(request)).getSpec()));
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void create(TableSpec spec) {
    CreateTableRequest request =
        CreateTableRequest.newBuilder().setTable(ProtoMapping.table(spec)).build();
    server.call(() -> server.tables().createTable(request));
  }

  @Override
  public CompletableFuture<WriteResult> put(String table, Mutation.Put put) {
    PutRequest.Builder request = PutRequest.newBuilder().setTable(table);
    for (Row row : put.rows()) {
      request.addRows(ProtoMapping.row(row));
    }
    String operationId = put.operationId();
    if (operationId != null) {
      request.setOperationId(operationId);
    }
    CompletableFuture<WriteResult> result = new CompletableFuture<>();
    ListenableFuture<WriteResponse> response =
        server.rowFutures().put(request.build());
    Futures.addCallback(
        response,
        new FutureCallback<WriteResponse>() {
          @Override
          public void onSuccess(WriteResponse written) {
            result.complete(ProtoMapping.result(written));
          }

          @Override
          public void onFailure(Throwable failure) {
            result.completeExceptionally(
                failure instanceof StatusRuntimeException e ? server.problem(e) : failure);
          }
        },
        MoreExecutors.directExecutor());
    return result;
  }

  @Override
  public ScanPage scan(String table, @Nullable Key after, int limit) {
    ScanRequest.Builder request =
        ScanRequest.newBuilder()
            .setTable(table)
            .setLimit(limit)
            .setInclude(Include.newBuilder().setFields(true).setVectors(true));
    if (after != null) {
      request.setAfter(ProtoMapping.key(after));
    }
    ScanResponse response =
        server.call(() -> server.rows().scan(request.build()));
    List<StoredRow> rows = new ArrayList<>(response.getRowsCount());
    response.getRowsList().forEach(row -> rows.add(ProtoMapping.row(row)));
    return new ScanPage(
        rows, response.hasNext() ? ProtoMapping.key(response.getNext()) : null);
  }

  @Override
  public String place() {
    return server.uri().toString();
  }

  @Override
  public void close() {
    server.close();
  }
}
