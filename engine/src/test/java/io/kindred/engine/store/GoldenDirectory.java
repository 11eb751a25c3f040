package io.kindred.engine.store;

import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// A whole data directory, as a release wrote it: later releases have to read it. It is that of a
/// process that was killed, so that its log holds what no other file does. Written once, by
/// [#main]; a new version of a format adds a new directory and keeps the others.
///
/// @param resource a zip file
/// @param contents writes them
/// @param check compares them with what was written
record GoldenDirectory(String resource, Consumer<Store> contents, Consumer<Store> check) {
  static final Path DIRECTORY = Path.of("/store");

  /// Every kind of file; checkpoints of version 1.
  static final GoldenDirectory STORE =
      new GoldenDirectory("store-v1.zip", GoldenStore::fill, GoldenStore::check);

  /// What was merged, and where it came from; checkpoints of version 2.
  static final GoldenDirectory EVENTS =
      new GoldenDirectory("events-v1.zip", GoldenEvents::fill, GoldenEvents::check);

  static final List<GoldenDirectory> ALL = List.of(STORE, EVENTS);

  /// @param arguments the resource, and the file to write
  public static void main(String[] arguments) throws IOException {
    GoldenDirectory golden =
        ALL.stream().filter(it -> it.resource.equals(arguments[0])).findFirst().orElseThrow();
    FaultyDisk disk = new FaultyDisk();
    try (EmbeddedStore store = EmbeddedStore.open(options(), disk)) {
      golden.contents.accept(store);
      write(disk.copyOfDurable(), FlipSample.files(disk), Path.of(arguments[1]));
    }
  }

  private static void write(FaultyDisk disk, List<Path> files, Path target) throws IOException {
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Path path : files) {
        ZipEntry entry = new ZipEntry(DIRECTORY.relativize(path).toString());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(disk.read(path));
      }
    }
  }

  static StoreOptions options() {
    return new StoreOptions(
        DIRECTORY,
        10_000,
        8 << 20,
        200_000,
        Duration.ofHours(1),
        1,
        new ManualClock(),
        StoreListener.NONE);
  }

  /// A disk that holds the directory.
  FaultyDisk disk() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (InputStream file =
            Objects.requireNonNull(GoldenDirectory.class.getResourceAsStream(resource), resource);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path path = DIRECTORY.resolve(entry.getName());
        disk.createDirectories(Objects.requireNonNull(path.getParent()));
        disk.replace(path, ByteBuffer.wrap(zip.readAllBytes()));
      }
    }
    return disk;
  }

  @Override
  public String toString() {
    return resource;
  }
}
