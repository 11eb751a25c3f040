package io.kindred.server.grpc;

import io.grpc.stub.StreamObserver;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Table;
import io.kindred.protocol.v1.SearchResponse;
import io.kindred.protocol.v1.SearchServiceGrpc.SearchServiceImplBase;
import io.kindred.server.rows.Searches;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.List;

/// `kindred.v1.SearchService`. Thread-safe.
final class SearchCalls extends SearchServiceImplBase {
  private final Calls calls;
  private final Searches searches;

  SearchCalls(Calls calls, Searches searches) {
    this.calls = calls;
    this.searches = searches;
  }

  @Override
  public void search(
      io.kindred.protocol.v1.SearchRequest request, StreamObserver<SearchResponse> caller) {
    Replies.answer(
        calls.read(
            Operation.SEARCH,
            request.getTable(),
            () -> {
              Table table = calls.store().table(request.getTable());
              List<SearchRequest> queries = ProtoSearches.read(request, table.spec());
              return new Calls.Read<>(
                  ProtoReads.readAfter(request.getReadAfter()),
                  () -> searches.search(table, queries).thenApply(ProtoSearches::write));
            }),
        caller);
  }
}
