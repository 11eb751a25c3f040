package io.kindred.stream.run;

import io.kindred.engine.RowMerge;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import java.util.List;
import java.util.stream.IntStream;

/// Events of one partition that are processed together, once the steps are done. Owned by one
/// thread at a time.
///
/// @param events all, in their order
/// @param written those that change a row
/// @param merges what each of the written ones changes
/// @param startNanos when it was begun, by `System.nanoTime`
record Batch(List<Event> events, List<Event> written, List<RowMerge> merges, long startNanos) {

  /// Events that were refused so far.
  List<Event> rejected() {
    return events.stream().filter(it -> it.outcome() instanceof Outcome.Rejected).toList();
  }

  /// What was changed by those that the table did not refuse.
  List<RowMerge> applied() {
    if (written.stream().allMatch(Event::isGoing)) {
      return merges;
    }
    return IntStream.range(0, merges.size())
        .filter(i -> written.get(i).isGoing())
        .mapToObj(merges::get)
        .toList();
  }

  long[] offsets() {
    return written.stream().mapToLong(it -> it.source().position().offset()).toArray();
  }
}
