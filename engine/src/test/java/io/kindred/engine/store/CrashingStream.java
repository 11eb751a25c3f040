package io.kindred.engine.store;

import io.kindred.engine.StoreOptions;
import java.nio.file.Path;
import java.util.Random;

/// A process that merges events and tells how far it has come, until it is killed. It folds and
/// checkpoints all the while.
final class CrashingStream {
  private static final int DELTA_ROWS_MAX = 200;

  private CrashingStream() {}

  /// @param arguments a directory; the offset to begin at; a seed; the name of the source
  public static void main(String[] arguments) {
    EmbeddedStore store =
        EmbeddedStore.open(StoreOptions.at(Path.of(arguments[0])).withDeltaRowsMax(DELTA_ROWS_MAX));
    EventStream stream = new EventStream(store, arguments[3]);
    Random random = new Random(Long.parseLong(arguments[2]));
    Thread.ofPlatform().start(() -> write(stream, Long.parseLong(arguments[1]), random));
    while (true) {
      store.checkpoint();
      stream.table().fold();
    }
  }

  private static void write(EventStream stream, long from, Random random) {
    long next = from;
    while (true) {
      long to = next + 1 + random.nextInt(40);
      var _ = stream.write(next, to, 40);
      next = to;
      System.out.println(next);
      System.out.flush();
    }
  }
}
