package io.kindred.engine.store;

import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;

/// Stores on a disk that tests make fail, for the tests of other packages.
public final class FaultyStores {
  private FaultyStores() {}

  public static EmbeddedStore open(StoreOptions options, FaultyDisk disk) {
    return EmbeddedStore.open(options, disk);
  }

  public static StoreReport inspect(StoreOptions options, FaultyDisk disk) {
    return StoreInspector.inspect(options.directory(), disk);
  }
}
