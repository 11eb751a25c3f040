package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.segment.ChangeReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gathers what becomes of the rows of one record, and knows which were applied before. Owned by
/// the applying thread, for one record.
final class RowOutcomes {
  private final long position;
  private final EventSources.@Nullable Progress past;
  private final List<Integer> missing = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private final List<NewlyRejected> news = new ArrayList<>();
  private long applied;
  private int stale;
  private int repeated;
  private long lastOffset = -1;
  private int placeOfEvent;

  private record NewlyRejected(RowPlace row, ErrorCode code, String message) {}

  /// Where a row stands.
  ///
  /// @param index within the caller's batch
  /// @param event of which event it is, where the change is of events
  record RowPlace(int index, EventSources.EventRow event) {}

  /// @param past how far the record's source was applied before, or null where it was not
  RowOutcomes(long position, EventSources.@Nullable Progress past) {
    this.position = position;
    this.past = past;
  }

  long position() {
    return position;
  }

  /// The place of the entry that the record has moved to; asked once for each, in their order.
  RowPlace place(ChangeReader record) {
    long offset = record.offset();
    placeOfEvent = offset == lastOffset ? placeOfEvent + 1 : 0;
    lastOffset = offset;
    return new RowPlace(record.index(), new EventSources.EventRow(offset, placeOfEvent));
  }

  /// Whether the row's event was applied by an earlier record: it changes nothing, and where it was
  /// rejected it is again.
  boolean isRepeated(RowPlace row) {
    if (past == null || row.event().offset() > past.offset()) {
      return false;
    }
    EventSources.Rejected known = past.rejection(row.event());
    if (known == null) {
      repeated++;
    } else {
      rejected.add(new Rejection(row.index(), known.code(), known.message()));
    }
    return true;
  }

  void applied() {
    applied++;
  }

  void stale() {
    stale++;
  }

  void missing(RowPlace row) {
    missing.add(row.index());
  }

  void reject(RowPlace row, ErrorCode code, @Nullable String message) {
    String reason = message == null ? code.name() : message;
    rejected.add(new Rejection(row.index(), code, reason));
    news.add(new NewlyRejected(row, code, reason));
  }

  Outcome outcome() {
    return new Outcome(position, applied, stale, repeated, missing, rejected);
  }

  /// What is to be remembered of the record's source.
  EventSources.Applied ofEvents() {
    news.sort(Comparator.comparingInt(one -> one.row().index()));
    Map<EventSources.EventRow, EventSources.Rejected> rejections = new LinkedHashMap<>();
    for (NewlyRejected one : news) {
      rejections.put(
          one.row().event(), new EventSources.Rejected(position, one.code(), one.message()));
    }
    return new EventSources.Applied(position, lastOffset, rejections);
  }
}
