package io.kindred.server.grpc;

import io.grpc.stub.StreamObserver;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.protocol.embeddings.BatchGetRequest;
import io.kindred.protocol.embeddings.BatchGetResponse;
import io.kindred.protocol.embeddings.BatchPutRequest;
import io.kindred.protocol.embeddings.BatchPutResponse;
import io.kindred.protocol.embeddings.DeleteRequest;
import io.kindred.protocol.embeddings.DeleteResponse;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc.EmbeddingStoreImplBase;
import io.kindred.protocol.embeddings.GetRequest;
import io.kindred.protocol.embeddings.GetResponse;
import io.kindred.protocol.embeddings.PutRequest;
import io.kindred.protocol.embeddings.PutResponse;
import io.kindred.protocol.embeddings.Vector;
import io.kindred.server.rows.DeclaredFields;
import io.kindred.server.rows.RejectedRow;
import io.kindred.server.rows.RowBatch;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.rows.WriteOutcome;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// `embeddings.EmbeddingStore`, the service of the original design, over the table `embeddings`.
/// Thread-safe.
final class EmbeddingCalls extends EmbeddingStoreImplBase {
  private static final String TABLE = "embeddings";
  private static final String FIELD = "embedding";

  private final Calls calls;
  private final RowOperations operations;

  EmbeddingCalls(Calls calls, RowOperations operations) {
    this.calls = calls;
    this.operations = operations;
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> caller) {
    Replies.answer(
        calls.measured(
            Operation.PUT,
            () ->
                tableFor(request.getVector().getValuesCount())
                    .thenCompose(table -> put(table, List.of(request)))
                    .thenApply(
                        outcome -> {
                          for (RejectedRow row : outcome.rejected()) {
                            throw new KindredException(row.code(), row.message());
                          }
                          return PutResponse.newBuilder().setSuccess(true).build();
                        })),
        caller);
  }

  @Override
  public void batchPut(BatchPutRequest request, StreamObserver<BatchPutResponse> caller) {
    List<PutRequest> puts = request.getPutsList();
    Replies.answer(
        calls.measured(
            Operation.PUT,
            () -> {
              if (puts.isEmpty()) {
                return CompletableFuture.completedFuture(BatchPutResponse.getDefaultInstance());
              }
              return tableFor(puts.getFirst().getVector().getValuesCount())
                  .thenCompose(table -> put(table, puts))
                  .thenApply(outcome -> write(outcome, puts.size()));
            }),
        caller);
  }

  private static BatchPutResponse write(WriteOutcome outcome, int count) {
    List<PutResponse> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      results.add(PutResponse.newBuilder().setSuccess(true).build());
    }
    for (RejectedRow row : outcome.rejected()) {
      results.set(
          row.index(), PutResponse.newBuilder().setSuccess(false).setError(row.message()).build());
    }
    return BatchPutResponse.newBuilder().addAllResults(results).build();
  }

  /// The table, created with that dimension if there is none. Of several that create it at once one
  /// does, and the others find it.
  private CompletableFuture<Table> tableFor(int dimension) {
    Store store = calls.store();
    Optional<Table> existing = existing(store);
    if (existing.isPresent()) {
      return CompletableFuture.completedFuture(existing.get());
    }
    return calls.waitingPart(TABLE, () -> create(store, dimension));
  }

  private static Table create(Store store, int dimension) {
    VectorSpec vector = new VectorSpec(dimension, Metric.DOT, new IndexSpec.Flat());
    TableSpec spec = TableSpec.of(TABLE, KeyType.UINT64, Map.of(FIELD, vector), Map.of());
    try {
      return store.createTable(spec);
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_EXISTS) {
        return store.table(TABLE);
      }
      throw e;
    }
  }

  private static Optional<Table> existing(Store store) {
    try {
      return Optional.of(store.table(TABLE));
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private CompletableFuture<WriteOutcome> put(Table table, List<PutRequest> puts) {
    return calls.wholeThenAwait(
        TABLE,
        () -> {
          String field = field(table.spec());
          RowBatch batch = new RowBatch();
          for (PutRequest put : puts) {
            batch.requireRoom();
            add(put, table.spec(), field, batch);
          }
          return operations.put(table, batch, null);
        });
  }

  private static void add(PutRequest put, TableSpec table, String field, RowBatch batch) {
    Key key = Key.of(put.getId());
    int dimension = DeclaredFields.vector(table, field).dimension();
    Vector vector = put.getVector();
    if (vector.getValuesCount() != dimension) {
      batch.reject(
          key, DeclaredFields.wrongDimension(vector.getValuesCount(), dimension, TABLE, field));
      return;
    }
    float[] components = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      components[i] = vector.getValues(i);
    }
    batch.add(Row.of(key, Map.of(field, components), Map.of(), Map.of()));
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> caller) {
    Replies.answer(
        calls.compute(
            Operation.GET,
            TABLE,
            () -> {
              Key key = Key.of(request.getId());
              GetResponse response = get(List.of(key)).getFirst();
              if (!response.getFound()) {
                throw absent(key);
              }
              return response;
            }),
        caller);
  }

  @Override
  public void batchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> caller) {
    Replies.answer(
        calls.compute(
            Operation.GET,
            TABLE,
            () -> {
              ProtoKeys.requireBatch(request.getIdsCount());
              List<Key> keys = new ArrayList<>(request.getIdsCount());
              for (int i = 0; i < request.getIdsCount(); i++) {
                keys.add(Key.of(request.getIds(i)));
              }
              return BatchGetResponse.newBuilder().addAllResults(get(keys)).build();
            }),
        caller);
  }

  private List<GetResponse> get(List<Key> keys) {
    GetResponse notFound = GetResponse.newBuilder().setFound(false).build();
    List<GetResponse> responses = new ArrayList<>(keys.size());
    Optional<Table> table = existing(calls.store());
    if (table.isEmpty()) {
      keys.forEach(key -> responses.add(notFound));
      return responses;
    }
    String field = field(table.get().spec());
    for (StoredRow row : operations.get(table.get(), keys, Projection.VECTORS)) {
      float[] vector = row == null ? null : row.vectors().get(field);
      responses.add(
          vector == null
              ? notFound
              : GetResponse.newBuilder().setFound(true).setVector(write(vector)).build());
    }
    return responses;
  }

  private static Vector write(float[] components) {
    Vector.Builder vector = Vector.newBuilder();
    for (float component : components) {
      vector.addValues(component);
    }
    return vector.build();
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> caller) {
    Key key = Key.of(request.getId());
    Replies.answer(
        calls.computeThenAwait(
            Operation.DELETE,
            TABLE,
            () -> {
              Table table = existing(calls.store()).orElseThrow(() -> absent(key));
              field(table.spec());
              return operations
                  .delete(table, List.of(key), null)
                  .thenApply(
                      outcome -> {
                        if (!outcome.missing().isEmpty()) {
                          throw absent(key);
                        }
                        return DeleteResponse.newBuilder().setSuccess(true).build();
                      });
            }),
        caller);
  }

  private static KindredException absent(Key key) {
    return KindredException.of(
        ErrorCode.ROW_NOT_FOUND, "id", key, "an id with a vector, table: " + TABLE);
  }

  /// The vector field that the service works on.
  private static String field(TableSpec table) {
    if (table.key() != KeyType.UINT64) {
      throw new KindredException(
          ErrorCode.INVALID_KEY, "key: string (expected: uint64, table: " + TABLE + ")");
    }
    return DeclaredFields.vectorName(table, table.vectors().containsKey(FIELD) ? FIELD : null);
  }
}
