package io.kindred.engine.shard;

import io.kindred.engine.segment.BaseManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of a shard that must stay: those of its manifest, and those that snapshots hold.
/// Thread-safe.
final class LiveFiles {
  private final Path directory;
  private final List<Pin> pins = new ArrayList<>();
  private @Nullable ShardManifest committed;

  LiveFiles(Path directory, @Nullable ShardManifest committed) {
    this.directory = directory;
    this.committed = committed;
  }

  /// What one snapshot holds. Compared by identity.
  static final class Pin {
    private final Set<Path> files;

    private Pin(Set<Path> files) {
      this.files = Set.copyOf(files);
    }
  }

  /// The manifest that names the files that count; null before the first commit.
  synchronized @Nullable ShardManifest committed() {
    return committed;
  }

  synchronized void commit(ShardManifest manifest) {
    committed = manifest;
  }

  /// Pins the files of the manifest, where it stands for a position, and else none.
  synchronized @Nullable PinnedManifest pinCommitted(long position) {
    ShardManifest manifest = committed;
    if (manifest == null || manifest.appliedPosition() != position) {
      return null;
    }
    Set<Path> files = manifest.files(directory);
    files.remove(ShardManifest.file(directory));
    return new PinnedManifest(manifest, pin(files));
  }

  record PinnedManifest(ShardManifest manifest, Pin pin) {}

  /// Pins the files of a base, and of a checkpoint that is still to be written.
  synchronized Pin pin(@Nullable BaseManifest base, Path checkpoint) {
    Set<Path> files = filesOf(base);
    files.add(checkpoint);
    return pin(files);
  }

  private Pin pin(Set<Path> files) {
    Pin pin = new Pin(files);
    pins.add(pin);
    return pin;
  }

  private Set<Path> filesOf(@Nullable BaseManifest base) {
    return base == null ? new HashSet<>() : new HashSet<>(base.files(directory));
  }

  /// The files to keep.
  synchronized Set<Path> kept() {
    Set<Path> kept = committed == null ? new HashSet<>() : committed.files(directory);
    pins.forEach(pin -> kept.addAll(pin.files));
    return kept;
  }

  /// The files to keep, and those of a base that the next manifest will name.
  synchronized Set<Path> keptWith(@Nullable BaseManifest next) {
    Set<Path> kept = kept();
    kept.addAll(filesOf(next));
    return kept;
  }

  /// Ends a pin.
  ///
  /// @param current the base that reads use, which the manifest may not name yet
  /// @return files that nothing holds any more
  synchronized Set<Path> unpin(Pin pin, @Nullable BaseManifest current) {
    pins.remove(pin);
    Set<Path> unneeded = new HashSet<>(pin.files);
    unneeded.removeAll(kept());
    unneeded.removeAll(filesOf(current));
    return unneeded;
  }
}
