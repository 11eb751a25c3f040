package io.kindred.engine.index;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A bounded pool of search contexts. Thread-safe.
public final class SearchContexts {
  private final ArrayBlockingQueue<SearchContext> free;
  private final AtomicInteger created = new AtomicInteger();
  private final int countMax;

  /// @param countMax as many as threads search at once
  public SearchContexts(int countMax) {
    this.countMax = countMax;
    free = new ArrayBlockingQueue<>(countMax);
  }

  /// Takes a context, waiting while all are in use. The caller releases it.
  ///
  /// @throws InterruptedException while waiting
  public SearchContext acquire() throws InterruptedException {
    SearchContext context = free.poll();
    if (context != null) {
      return context;
    }
    int count = created.get();
    while (count < countMax) {
      if (created.compareAndSet(count, count + 1)) {
        return new SearchContext();
      }
      count = created.get();
    }
    return free.take();
  }

  public void release(SearchContext context) {
    boolean isKept = free.offer(context);
    assert isKept : "a context was released twice";
  }
}
