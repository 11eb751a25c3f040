package io.kindred.server.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One call about rows, or a batch of events that changed some, as the live tail shows it.
/// Immutable.
///
/// @param kind `put`, `update`, `delete`, `get`, `scan`, `search` or `event`
/// @param ids the first few rows that it was about; of a search, those that it found
/// @param rows all of them
/// @param path how a search found its rows, or null
/// @param pipeline that took events, or null
/// @param tookMicros -1 where it was not measured
public record Event(
    long timeMillis,
    String kind,
    String table,
    List<String> ids,
    long rows,
    @Nullable String path,
    @Nullable String pipeline,
    long tookMicros) {
  static final int IDS_MAX = 3;

  public Event {
    ids = List.copyOf(ids);
  }
}
