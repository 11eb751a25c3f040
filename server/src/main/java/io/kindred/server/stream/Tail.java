package io.kindred.server.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// Things as they happen, for readers that look now and then. Each reader has room for a few of
/// them; what comes while it is full is counted and not kept. Thread-safe.
public final class Tail<T> {
  private final List<Reader<T>> readers = new CopyOnWriteArrayList<>();

  /// What came since a reader last looked.
  ///
  /// @param skipped how many more there were
  public record Batch<T>(List<T> items, long skipped) {
    public Batch {
      items = List.copyOf(items);
    }

    public boolean isEmpty() {
      return items.isEmpty() && skipped == 0;
    }
  }

  /// Whether anybody reads, so that it is worth making something to offer.
  public boolean isWatched() {
    return !readers.isEmpty();
  }

  public void offer(T item) {
    for (Reader<T> reader : readers) {
      reader.offer(item);
    }
  }

  /// A reader of what comes from now on, until it is closed.
  ///
  /// @param itemsMax kept from one look to the next
  public Reader<T> reader(Predicate<T> wanted, int itemsMax) {
    Reader<T> reader = new Reader<>(this, wanted, itemsMax);
    readers.add(reader);
    return reader;
  }

  /// One who reads. Thread-safe.
  public static final class Reader<T> implements AutoCloseable {
    private final Tail<T> tail;
    private final Predicate<T> wanted;
    private final int itemsMax;
    private final Deque<T> waiting = new ArrayDeque<>();
    private long skipped;

    private Reader(Tail<T> tail, Predicate<T> wanted, int itemsMax) {
      this.tail = tail;
      this.wanted = wanted;
      this.itemsMax = itemsMax;
    }

    private void offer(T item) {
      if (!wanted.test(item)) {
        return;
      }
      synchronized (waiting) {
        if (waiting.size() < itemsMax) {
          waiting.addLast(item);
        } else {
          skipped++;
        }
      }
    }

    /// Takes what came since the last time.
    public Batch<T> take() {
      synchronized (waiting) {
        Batch<T> batch = new Batch<>(new ArrayList<>(waiting), skipped);
        waiting.clear();
        skipped = 0;
        return batch;
      }
    }

    @Override
    public void close() {
      tail.readers.remove(this);
    }
  }
}
