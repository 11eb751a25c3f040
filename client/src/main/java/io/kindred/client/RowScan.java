package io.kindred.client;

import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.ScanResponse;
import io.kindred.protocol.v1.StoredRow;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Rows in the order of their ids, over all pages. Owned by one thread.
public final class RowScan implements Iterator<StoredRow> {
  private final KindredClient client;
  private final ScanRequest request;
  private Iterator<StoredRow> page = Collections.emptyIterator();
  private @Nullable CompletableFuture<ScanResponse> nextPage;

  RowScan(KindredClient client, ScanRequest request) {
    this.client = client;
    this.request = request;
    this.nextPage = client.scanAsync(request);
  }

  /// Fetches where need be.
  ///
  /// @throws CallFailedException where a page could not be fetched
  @Override
  public boolean hasNext() {
    while (!page.hasNext() && nextPage != null) {
      ScanResponse response = KindredClient.await(nextPage);
      page = response.getRowsList().iterator();
      nextPage =
          response.hasNext()
              ? client.scanAsync(request.toBuilder().setAfter(response.getNext()).build())
              : null;
    }
    return page.hasNext();
  }

  @Override
  public StoredRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.next();
  }
}
