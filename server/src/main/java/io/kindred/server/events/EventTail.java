package io.kindred.server.events;

import io.kindred.engine.Key;
import io.kindred.engine.RowMerge;
import io.kindred.engine.SearchResult;
import io.kindred.server.stream.Tail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Tells those who watch what callers and events do, as much of it as they can follow. Thread-safe;
/// while nobody watches it costs a look at a variable.
public final class EventTail {
  private final Tail<Event> tail = new Tail<>();

  public Tail<Event> tail() {
    return tail;
  }

  /// @param keys of the rows; of a delete by filter none
  public void rows(String kind, String table, Collection<Key> keys, long rows) {
    if (tail.isWatched()) {
      tail.offer(
          new Event(System.currentTimeMillis(), kind, table, firstOf(keys), rows, null, null, -1));
    }
  }

  public void searched(String table, SearchResult result) {
    if (tail.isWatched()) {
      List<Key> keys = result.matches().stream().limit(Event.IDS_MAX).map(m -> m.key()).toList();
      tail.offer(
          new Event(
              System.currentTimeMillis(),
              "search",
              table,
              firstOf(keys),
              result.matches().size(),
              result.stats().path(),
              null,
              result.stats().tookNanos() / 1000));
    }
  }

  /// A pipeline's events are in its table.
  ///
  /// @param changes one for each
  public void applied(String pipeline, String table, List<RowMerge> changes, Duration took) {
    if (tail.isWatched() && !changes.isEmpty()) {
      List<Key> keys = changes.stream().limit(Event.IDS_MAX).map(RowMerge::key).toList();
      tail.offer(
          new Event(
              System.currentTimeMillis(),
              "event",
              table,
              firstOf(keys),
              changes.size(),
              null,
              pipeline,
              took.toNanos() / 1000));
    }
  }

  private static List<String> firstOf(Collection<Key> keys) {
    List<String> ids = new ArrayList<>(Event.IDS_MAX);
    for (Key key : keys) {
      if (ids.size() == Event.IDS_MAX) {
        break;
      }
      ids.add(key.toString());
    }
    return ids;
  }
}
