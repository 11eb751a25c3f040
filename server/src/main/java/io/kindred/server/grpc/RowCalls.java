package io.kindred.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.filter.Filter;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetResponse;
import io.kindred.protocol.v1.GetStreamResponse;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.PutStreamResponse;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceImplBase;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import io.kindred.protocol.v1.UpdateRequest;
import io.kindred.protocol.v1.WriteResponse;
import io.kindred.server.rows.RowBatch;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.rows.WriteOutcome;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// `kindred.v1.RowService`. Thread-safe.
final class RowCalls extends RowServiceImplBase {
  private static final int PUTS_AT_A_TIME = 8;
  private static final int GETS_AT_A_TIME = 2;

  private final Calls calls;
  private final RowOperations operations;
  private final OpenStreams streams;

  RowCalls(Calls calls, RowOperations operations, OpenStreams streams) {
    this.calls = calls;
    this.operations = operations;
    this.streams = streams;
  }

  @Override
  public void put(PutRequest request, StreamObserver<WriteResponse> caller) {
    Replies.answer(
        calls.computeThenAwait(Operation.PUT, request.getTable(), () -> begin(request)), caller);
  }

  private CompletableFuture<WriteResponse> begin(PutRequest request) {
    Table table = calls.store().table(request.getTable());
    RowBatch batch = ProtoRows.readAll(request.getRowsList(), table.spec());
    return operations
        .put(table, batch, ProtoRows.orNull(request.getOperationId()))
        .thenApply(ProtoRows::write);
  }

  @Override
  public StreamObserver<PutRequest> putStream(StreamObserver<PutStreamResponse> caller) {
    return BatchStream.open(
        streams,
        new BatchStream.Work<PutRequest, WriteResponse, PutStreamResponse>(
            PUTS_AT_A_TIME,
            (request, outcome) ->
                calls.beginPart(request.getTable(), () -> begin(request), outcome),
            begin -> calls.measured(Operation.PUT, begin),
            calls.requestBytes(),
            (sequence, written) ->
                PutStreamResponse.newBuilder().setSequence(sequence).setWritten(written).build(),
            (sequence, error) ->
                PutStreamResponse.newBuilder().setSequence(sequence).setError(error).build()),
        caller);
  }

  @Override
  public void update(UpdateRequest request, StreamObserver<WriteResponse> caller) {
    Replies.answer(
        calls.computeThenAwait(
            Operation.UPDATE,
            request.getTable(),
            () -> {
              Table table = calls.store().table(request.getTable());
              RowBatch batch = ProtoRows.readAll(request.getRowsList(), table.spec());
              return operations
                  .update(table, batch, ProtoRows.orNull(request.getOperationId()))
                  .thenApply(ProtoRows::write);
            }),
        caller);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<WriteResponse> caller) {
    Replies.answer(
        calls.computeThenAwait(
            Operation.DELETE,
            request.getTable(),
            () -> delete(request).thenApply(ProtoRows::write)),
        caller);
  }

  private CompletableFuture<WriteOutcome> delete(DeleteRequest request) {
    Table table = calls.store().table(request.getTable());
    String operationId = ProtoRows.orNull(request.getOperationId());
    Filter filter = ProtoReads.filter(request.getFilter());
    if ((filter == null) == (request.getIdsCount() == 0)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "ids, filter",
          filter == null ? "none" : "both",
          "one of the two");
    }
    return filter != null
        ? operations.deleteWhere(table, filter, operationId)
        : operations.delete(
            table, ProtoKeys.readAll(request.getIdsList(), table.spec().key()), operationId);
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> caller) {
    Replies.answer(
        request.getIdsCount() == 1
            ? calls.shortRead(Operation.GET, request.getTable(), () -> plan(request))
            : calls.read(Operation.GET, request.getTable(), () -> plan(request)),
        caller);
  }

  private Calls.Read<GetResponse> plan(GetRequest request) {
    Table table = calls.store().table(request.getTable());
    List<Key> ids = ProtoKeys.readAll(request.getIdsList(), table.spec().key());
    Projection projection =
        request.hasInclude() ? ProtoRows.projection(request.getInclude()) : Projection.ALL;
    return new Calls.Read<>(
        ProtoReads.readAfter(request.getReadAfter()),
        () -> CompletableFuture.completedFuture(write(operations.get(table, ids, projection))));
  }

  private static GetResponse write(List<@Nullable StoredRow> rows) {
    GetResponse.Builder response = GetResponse.newBuilder();
    for (int i = 0; i < rows.size(); i++) {
      StoredRow row = rows.get(i);
      if (row == null) {
        response.addMissing(i);
      } else {
        response.addRows(ProtoRows.write(row));
      }
    }
    return response.build();
  }

  @Override
  public StreamObserver<GetRequest> getStream(StreamObserver<GetStreamResponse> caller) {
    return BatchStream.open(
        streams,
        new BatchStream.Work<GetRequest, GetResponse, GetStreamResponse>(
            GETS_AT_A_TIME,
            (request, outcome) -> calls.beginRead(request.getTable(), () -> plan(request), outcome),
            begin -> calls.measured(Operation.GET, begin),
            calls.requestBytes(),
            (sequence, found) ->
                GetStreamResponse.newBuilder().setSequence(sequence).setFound(found).build(),
            (sequence, error) ->
                GetStreamResponse.newBuilder().setSequence(sequence).setError(error).build()),
        caller);
  }

  /// For callers of whom [DirectVectors] does not take care: gRPC-Web, compression.
  @Override
  public void getVectors(GetVectorsRequest request, StreamObserver<GetVectorsResponse> caller) {
    Replies.answer(
        calls.read(
            Operation.GET_VECTORS,
            request.getTable(),
            () -> {
              VectorsRead read = VectorsRead.of(request, calls.store());
              return new Calls.Read<>(
                  read.readAfter(), () -> CompletableFuture.completedFuture(write(read)));
            }),
        caller);
  }

  private GetVectorsResponse write(VectorsRead read) {
    ByteBuffer vectors = ByteBuffer.allocate(read.sizeBytes());
    int[] missing = read.copyTo(vectors, operations);
    GetVectorsResponse.Builder response =
        GetVectorsResponse.newBuilder()
            .setVectors(UnsafeByteOperations.unsafeWrap(vectors.flip()))
            .setDimension(read.dimension());
    for (int index : missing) {
      response.addMissing(index);
    }
    return response.build();
  }

  @Override
  public void scan(ScanRequest request, StreamObserver<ScanResponse> caller) {
    Replies.answer(
        calls.read(
            Operation.SCAN,
            request.getTable(),
            () -> {
              Table table = calls.store().table(request.getTable());
              RowOperations.Scan scan = scan(request, table);
              return new Calls.Read<>(
                  ProtoReads.readAfter(request.getReadAfter()),
                  () -> CompletableFuture.completedFuture(write(operations.scan(table, scan))));
            }),
        caller);
  }

  private static RowOperations.Scan scan(ScanRequest request, Table table) {
    return new RowOperations.Scan(
        request.hasAfter() ? ProtoKeys.read(request.getAfter(), table.spec().key()) : null,
        request.getLimit() == 0 ? RowOperations.Scan.LIMIT_DEFAULT : request.getLimit(),
        ProtoReads.filter(request.getFilter()),
        request.hasInclude() ? ProtoRows.projection(request.getInclude()) : Projection.ALL);
  }

  private static ScanResponse write(ScanPage page) {
    ScanResponse.Builder response = ScanResponse.newBuilder();
    for (StoredRow row : page.rows()) {
      response.addRows(ProtoRows.write(row));
    }
    Key next = page.next();
    if (next != null) {
      response.setNext(ProtoKeys.write(next));
    }
    return response.build();
  }
}
