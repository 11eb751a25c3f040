package io.kindred.app.tables;

import io.grpc.Status;
import io.kindred.client.CallFailedException;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tables behind a server's port. Thread-safe.
public final class RemoteTables implements Tables {
  private final URI uri;
  private final KindredClient client;

  private RemoteTables(URI uri, KindredClient client) {
    this.uri = uri;
    this.client = client;
  }

  /// Tables of the server at `http://HOST:PORT`, which is connected to with the first call.
  public static RemoteTables at(URI uri) {
    ClientOptions options = ClientOptions.DEFAULT.withUrl(uri.toString());
    return new RemoteTables(uri, KindredClient.of(options));
  }

  /// The connection, for what tables are not enough for.
  public KindredClient client() {
    return client;
  }

  @Override
  public Optional<TableSpec> find(String table) {
    try {
      return Optional.of(ProtoMapping.table(call(() -> client.getTable(table)).getSpec()));
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void create(TableSpec spec) {
    call(() -> client.createTable(ProtoMapping.table(spec)));
  }

  @Override
  public CompletableFuture<WriteResult> put(String table, Mutation.Put put) {
    PutRequest.Builder request = PutRequest.newBuilder().setTable(table);
    for (Row row : put.rows()) {
      request.addRows(ProtoMapping.row(row));
    }
    switch (put.origin()) {
      case Origin.Operation(String id) -> request.setOperationId(id);
      case Origin.Events _ ->
          throw KindredException.of(
              ErrorCode.UNSUPPORTED, "origin", "events", "none or an operation, on a server");
      case null -> {}
    }
    return client
        .putAsync(request.build())
        .thenApply(ProtoMapping::result)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(problem(failure)));
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
    ScanResponse response = call(() -> client.scan(request.build()));
    List<StoredRow> rows = new ArrayList<>(response.getRowsCount());
    response.getRowsList().forEach(row -> rows.add(ProtoMapping.row(row)));
    return new ScanPage(rows, response.hasNext() ? ProtoMapping.key(response.getNext()) : null);
  }

  /// The server does that by itself.
  @Override
  public boolean settle(String table) {
    return false;
  }

  /// Calls, and turns a failure into the exception that the engine would have thrown.
  public <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (CallFailedException e) {
      throw problem(e);
    }
  }

  private RuntimeException problem(Throwable failure) {
    return switch (failure) {
      case CompletionException e when e.getCause() != null -> problem(e.getCause());
      case CallFailedException e -> problem(e);
      case RuntimeException e -> e;
      default -> new IllegalStateException(failure);
    };
  }

  private KindredException problem(CallFailedException e) {
    String message = String.valueOf(e.getMessage());
    if (!e.code().isEmpty()) {
      return new KindredException(ProtoMapping.code(e.code()), message, e);
    }
    boolean isAway =
        e.status() == Status.Code.UNAVAILABLE || e.status() == Status.Code.DEADLINE_EXCEEDED;
    return isAway
        ? new KindredException(
            ErrorCode.NOT_READY, "server: no answer from " + uri + " (expected: Kindred there)", e)
        : new KindredException(
            ErrorCode.INTERNAL,
            "server: " + message + " from " + uri + " (expected: Kindred there)",
            e);
  }

  @Override
  public String place() {
    return uri.toString();
  }

  @Override
  public void close() {
    client.close();
  }
}
