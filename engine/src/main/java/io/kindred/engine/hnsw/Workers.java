package io.kindred.engine.hnsw;

import io.kindred.engine.index.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The threads of a build. Immutable.
///
/// @param executor runs all but the calling thread
/// @param count workers, the calling thread included
record Workers(Executor executor, int count) {
  Workers {
    count = Math.max(1, count);
  }

  /// A crew of as many, each with a state of its own.
  <W> Crew<W> crew(Supplier<W> worker) {
    List<W> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workers.add(worker.get());
    }
    return new Crew<>(executor, List.copyOf(workers));
  }
}
