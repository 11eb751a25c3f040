package io.kindred.engine.disk;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A disk that has something done, once, just before a certain file is begun. Thread-safe.
public final class InterruptedDisk extends ForwardingDisk {
  private final AtomicReference<@Nullable Interruption> next = new AtomicReference<>();

  private record Interruption(Predicate<Path> file, Runnable action) {}

  public InterruptedDisk(Disk disk) {
    super(disk);
  }

  /// @param action runs on the thread that begins the file
  public void before(Predicate<Path> file, Runnable action) {
    next.set(new Interruption(file, action));
  }

  /// Whether the action has run.
  public boolean isDone() {
    return next.get() == null;
  }

  @Override
  public AppendFile append(Path file, long lengthBytes) {
    Interruption interruption = next.get();
    if (interruption != null
        && interruption.file().test(file)
        && next.compareAndSet(interruption, null)) {
      interruption.action().run();
    }
    return super.append(file, lengthBytes);
  }
}
