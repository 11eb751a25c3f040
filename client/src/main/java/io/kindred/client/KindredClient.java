package io.kindred.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kindred.protocol.v1.CreateTableRequest;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.DropTableRequest;
import io.kindred.protocol.v1.DropTableResponse;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetResponse;
import io.kindred.protocol.v1.GetTableRequest;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.ListTablesRequest;
import io.kindred.protocol.v1.ListTablesResponse;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceStub;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchResponse;
import io.kindred.protocol.v1.SearchServiceGrpc;
import io.kindred.protocol.v1.SearchServiceGrpc.SearchServiceStub;
import io.kindred.protocol.v1.Table;
import io.kindred.protocol.v1.TableServiceGrpc;
import io.kindred.protocol.v1.TableServiceGrpc.TableServiceStub;
import io.kindred.protocol.v1.TableSpec;
import io.kindred.protocol.v1.UpdateRequest;
import io.kindred.protocol.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Calls a Kindred server over gRPC, with the messages of `kindred.v1`. Thread-safe.
///
/// Each call has a waiting form and one that answers a future. At most `callsMax` are under way;
/// one more waits on its caller's thread. A call that the server refused for want of capacity is
/// tried again; a write has an operation id for that, so it is applied once. What follows a future
/// runs on a network thread and must not block. Failures are [CallFailedException]s.
public final class KindredClient implements AutoCloseable {
  private static final int WINDOW_BYTES = 8 * 1024 * 1024;
  private static final int MESSAGE_BYTES_MAX = 256 * 1024 * 1024;
  private static final long CLOSE_WAIT_SECONDS = 5;

  /// The services on one connection.
  private record Stubs(
      ManagedChannel channel,
      TableServiceStub tables,
      RowServiceStub rows,
      SearchServiceStub search) {}

  private final ClientOptions options;
  private final Attempts attempts;
  private final List<Stubs> connections;
  private final AtomicLong turn = new AtomicLong();
  private final String operationPrefix = UUID.randomUUID().toString();
  private final AtomicLong operations = new AtomicLong();

  private KindredClient(ClientOptions options) {
    this.options = options;
    this.attempts = new Attempts(options);
    this.connections = new ArrayList<>(options.connections());
    for (int i = 0; i < options.connections(); i++) {
      connections.add(connect(options));
    }
  }

  /// A client of the server that the options name. It connects with the first call.
  public static KindredClient of(ClientOptions options) {
    return new KindredClient(options);
  }

  private static Stubs connect(ClientOptions options) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(options.host(), options.port())
            .usePlaintext()
            .directExecutor()
            .flowControlWindow(WINDOW_BYTES)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
    return new Stubs(
        channel,
        TableServiceGrpc.newStub(channel),
        RowServiceGrpc.newStub(channel),
        SearchServiceGrpc.newStub(channel));
  }

  private Stubs next() {
    return connections.get((int) (turn.getAndIncrement() % connections.size()));
  }

  private RowServiceStub rows() {
    return next().rows().withDeadlineAfter(options.callTime());
  }

  private TableServiceStub tables() {
    return next().tables().withDeadlineAfter(options.callTime());
  }

  /// Creates a table and answers it as stored.
  public Table createTable(TableSpec spec) {
    CreateTableRequest request = CreateTableRequest.newBuilder().setTable(spec).build();
    return await(attempts.make(answer -> tables().createTable(request, answer)));
  }

  /// All tables, by name.
  public List<Table> listTables() {
    CompletableFuture<ListTablesResponse> answer =
        attempts.make(
            observer -> tables().listTables(ListTablesRequest.getDefaultInstance(), observer));
    return await(answer).getTablesList();
  }

  public Table getTable(String name) {
    GetTableRequest request = GetTableRequest.newBuilder().setTable(name).build();
    return await(attempts.make(answer -> tables().getTable(request, answer)));
  }

  /// Drops a table with all of its rows.
  public void dropTable(String name) {
    DropTableRequest request = DropTableRequest.newBuilder().setTable(name).build();
    CompletableFuture<DropTableResponse> answer =
        attempts.make(observer -> tables().dropTable(request, observer));
    await(answer);
  }

  public WriteResponse put(PutRequest request) {
    return await(putAsync(request));
  }

  public CompletableFuture<WriteResponse> putAsync(PutRequest request) {
    PutRequest named =
        request.getOperationId().isEmpty()
            ? request.toBuilder().setOperationId(operationId()).build()
            : request;
    return attempts.make(answer -> rows().put(named, answer));
  }

  public WriteResponse update(UpdateRequest request) {
    return await(updateAsync(request));
  }

  public CompletableFuture<WriteResponse> updateAsync(UpdateRequest request) {
    UpdateRequest named =
        request.getOperationId().isEmpty()
            ? request.toBuilder().setOperationId(operationId()).build()
            : request;
    return attempts.make(answer -> rows().update(named, answer));
  }

  public WriteResponse delete(DeleteRequest request) {
    return await(deleteAsync(request));
  }

  public CompletableFuture<WriteResponse> deleteAsync(DeleteRequest request) {
    DeleteRequest named =
        request.getOperationId().isEmpty()
            ? request.toBuilder().setOperationId(operationId()).build()
            : request;
    return attempts.make(answer -> rows().delete(named, answer));
  }

  private String operationId() {
    return operationPrefix + "-" + operations.getAndIncrement();
  }

  public GetResponse get(GetRequest request) {
    return await(getAsync(request));
  }

  public CompletableFuture<GetResponse> getAsync(GetRequest request) {
    return attempts.make(answer -> rows().get(request, answer));
  }

  /// The vectors of many ids in one piece of memory; [PackedVectors] reads them.
  public GetVectorsResponse getVectors(GetVectorsRequest request) {
    return await(getVectorsAsync(request));
  }

  public CompletableFuture<GetVectorsResponse> getVectorsAsync(GetVectorsRequest request) {
    return attempts.make(answer -> rows().getVectors(request, answer));
  }

  public SearchResponse search(SearchRequest request) {
    return await(searchAsync(request));
  }

  public CompletableFuture<SearchResponse> searchAsync(SearchRequest request) {
    return attempts.make(
        answer -> next().search().withDeadlineAfter(options.callTime()).search(request, answer));
  }

  /// One page of rows.
  public ScanResponse scan(ScanRequest request) {
    return await(scanAsync(request));
  }

  public CompletableFuture<ScanResponse> scanAsync(ScanRequest request) {
    return attempts.make(answer -> rows().scan(request, answer));
  }

  /// All rows from the request's start, page by page; the next page is fetched while one is read.
  public RowScan scanAll(ScanRequest request) {
    return new RowScan(this, request);
  }

  /// Puts rows in batches, several under way at a time.
  public RowWriter writer(String table, int batchRows, RowWriter.Listener listener) {
    return new RowWriter(this, table, batchRows, listener);
  }

  /// Waits for an outcome and throws its failure.
  static <T> T await(CompletableFuture<T> outcome) {
    try {
      return outcome.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof CallFailedException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /// Ends the connections; calls under way fail after a few seconds.
  @Override
  public void close() {
    for (Stubs connection : connections) {
      connection.channel().shutdown();
    }
    try {
      for (Stubs connection : connections) {
        if (!connection.channel().awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
          connection.channel().shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
