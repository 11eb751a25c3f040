package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A disk in memory that loses what was not synced, tears it, and refuses on demand. It is stricter
/// than a real one: nothing unsynced is kept by luck, files left open are found, two writers of one
/// file are an error, and bytes whose sync failed are never written by a later sync that succeeds.
///
/// Thread-safe. Before [#losePower] the users of the disk must have ended (with the power off they
/// can do no harm); files still open then are dead.
public final class FaultyDisk implements Disk {
  /// What can be made to fail.
  public enum Operation {
    CREATE,
    APPEND,
    CUT,
    SYNC,
    SYNC_DIRECTORY,
    RENAME,
    DELETE,
    READ
  }

  /// Changes of names in a directory that are durable once it is synced.
  ///
  /// @param moved a directory that goes with all that is in it, or null
  private record Renaming(Path directory, Map<Path, Entry> names, @Nullable Moved moved) {}

  private record Moved(Path from, Path to) {
    void within(TreeMap<Path, Entry> names) {
      for (Path path : List.copyOf(names.tailMap(from, false).keySet())) {
        if (path.startsWith(from)) {
          names.put(to.resolve(from.relativize(path)), Objects.requireNonNull(names.remove(path)));
        }
      }
    }
  }

  private sealed interface Entry {
    record Directory() implements Entry {}

    record Regular(FaultyFile file) implements Entry {}

    record Absent() implements Entry {}
  }

  private final TreeMap<Path, Entry> shown = new TreeMap<>();
  private final TreeMap<Path, Entry> durable = new TreeMap<>();
  private final List<Renaming> unsynced = new ArrayList<>();
  private final Map<Operation, Integer> failures = new TreeMap<>();
  private final Set<Handle> open = new HashSet<>();
  private final Set<Path> locked = new HashSet<>();
  private long operations;
  private long operationsLeft = Long.MAX_VALUE;
  private long bytesFree = Long.MAX_VALUE;
  private Predicate<Path> forgotten = path -> false;

  /// Lets the next operations of a kind fail with an I/O error.
  public synchronized void failNext(Operation operation, int times) {
    failures.put(operation, times);
  }

  /// Lets all operations of a kind fail until [#heal].
  public synchronized void fail(Operation operation) {
    failures.put(operation, Integer.MAX_VALUE);
  }

  /// Leaves room for so many bytes; what does not fit is refused after a part of it was written.
  public synchronized void setFreeBytes(long bytes) {
    bytesFree = bytes;
  }

  /// A canary: syncs of such files and directories are acknowledged and not done.
  public synchronized void forgetSyncsOf(Predicate<Path> files) {
    forgotten = files;
  }

  /// Ends all faults but a loss of power and syncs that are forgotten.
  public synchronized void heal() {
    failures.clear();
    bytesFree = Long.MAX_VALUE;
  }

  /// Turns the power off after so many more changing operations; everything fails from then on.
  public synchronized void setPowerOffAfter(long changes) {
    operationsLeft = changes;
  }

  /// Changing operations so far.
  public synchronized long operations() {
    return operations;
  }

  /// Whether the power went off.
  public synchronized boolean isOff() {
    return operationsLeft < 0;
  }

  /// Power off and on again: everything that was not synced is gone.
  public synchronized void losePower() {
    restart(0);
    files().forEach(FaultyFile::losePower);
  }

  /// Power off and on again: of what was not synced, some part is gone.
  public synchronized void losePower(Random random) {
    restart(random.nextInt(unsynced.size() + 1));
    files().forEach(file -> file.losePower(random));
  }

  /// The process that used the disk was killed, and another begins: the system still has what was
  /// written.
  public synchronized void killProcess() {
    open.clear();
    locked.clear();
    operationsLeft = Long.MAX_VALUE;
    heal();
  }

  /// A disk that has what this one would have after a loss of power, for a look at it.
  public synchronized FaultyDisk copyOfDurable() {
    FaultyDisk copy = new FaultyDisk();
    durable.forEach((path, entry) -> copy.durable.put(path, copyOf(entry)));
    copy.losePower();
    return copy;
  }

  private static Entry copyOf(Entry entry) {
    return switch (entry) {
      case Entry.Directory directory -> directory;
      case Entry.Absent absent -> absent;
      case Entry.Regular(FaultyFile file) -> new Entry.Regular(file.copyOfDurable());
    };
  }

  /// Fails where a file was not closed.
  public synchronized void assertAllClosed() {
    assertThat(open).as("files left open").isEmpty();
  }

  private void restart(int renamingsKept) {
    unsynced.subList(0, renamingsKept).forEach(this::makeDurable);
    unsynced.clear();
    durable.keySet().removeIf(path -> !hasDurableParents(path));
    shown.clear();
    shown.putAll(durable);
    killProcess();
  }

  private boolean hasDurableParents(Path path) {
    Path parent = path.getParent();
    return isRoot(parent) || durable.containsKey(parent);
  }

  private static boolean isRoot(@Nullable Path path) {
    return path == null || path.getParent() == null;
  }

  private List<FaultyFile> files() {
    List<FaultyFile> files = new ArrayList<>();
    for (Entry entry : shown.values()) {
      if (entry instanceof Entry.Regular(FaultyFile file)) {
        files.add(file);
      }
    }
    return files;
  }

  private void makeDurable(Renaming renaming) {
    renaming.names().forEach((path, entry) -> put(durable, path, entry));
    if (renaming.moved() != null) {
      renaming.moved().within(durable);
    }
  }

  private static void put(Map<Path, Entry> names, Path path, Entry entry) {
    if (entry instanceof Entry.Absent) {
      names.remove(path);
    } else {
      names.put(path, entry);
    }
  }

  private void change(Path directory, Map<Path, Entry> names) {
    unsynced.add(new Renaming(directory, names, null));
    names.forEach((path, entry) -> put(shown, path, entry));
  }

  /// Counts an operation that changes something, and fails it where that was asked for.
  private void begin(Operation operation, Path path) {
    operations++;
    operationsLeft--;
    read(operation, path);
  }

  private void read(Operation operation, Path path) {
    if (isOff()) {
      throw refused(operation, path, "the power is off");
    }
    int left = failures.getOrDefault(operation, 0);
    if (left > 0) {
      failures.put(operation, left == Integer.MAX_VALUE ? left : left - 1);
      throw refused(operation, path, "Input/output error");
    }
  }

  private static KindredException refused(Operation operation, Path path, String reason) {
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE, "cannot " + operation + " " + path + ": " + reason);
  }

  private static Path parentOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "a path below the root");
  }

  private FaultyFile regular(Operation operation, Path path) {
    if (shown.get(path) instanceof Entry.Regular(FaultyFile file)) {
      return file;
    }
    throw refused(operation, path, "No such file");
  }

  @Override
  public synchronized void createDirectories(Path directory) {
    if (isRoot(directory) || shown.get(directory) instanceof Entry.Directory) {
      return;
    }
    createDirectories(parentOf(directory));
    begin(Operation.CREATE, directory);
    change(parentOf(directory), Map.of(directory, new Entry.Directory()));
    syncDirectory(parentOf(directory));
  }

  @Override
  public synchronized List<Path> list(Path directory) {
    read(Operation.READ, directory);
    return shown.keySet().stream().filter(path -> directory.equals(path.getParent())).toList();
  }

  @Override
  public synchronized boolean exists(Path file) {
    return shown.containsKey(file);
  }

  @Override
  public synchronized long sizeBytes(Path file) {
    read(Operation.READ, file);
    return regular(Operation.READ, file).length();
  }

  @Override
  public synchronized AppendFile append(Path file, long lengthBytes) {
    if (!shown.containsKey(file)) {
      begin(Operation.CREATE, file);
      if (!isRoot(parentOf(file)) && !shown.containsKey(parentOf(file))) {
        throw refused(Operation.CREATE, file, "No such directory");
      }
      change(parentOf(file), Map.of(file, new Entry.Regular(new FaultyFile())));
      syncDirectory(parentOf(file));
    }
    FaultyFile content = regular(Operation.APPEND, file);
    if (content.length() < lengthBytes) {
      throw refused(Operation.CUT, file, "shorter than " + lengthBytes);
    }
    if (content.length() > lengthBytes) {
      begin(Operation.CUT, file);
      bytesFree += bytesFree == Long.MAX_VALUE ? 0 : content.length() - lengthBytes;
      content.cut((int) lengthBytes);
    }
    for (Handle other : open) {
      assertThat(other.writes(content)).as("second writer of %s", file).isFalse();
    }
    return new Writing(file, content);
  }

  @Override
  public synchronized MemorySegment map(Path file, Arena arena) {
    MemorySegment copy = MemorySegment.ofArray(read(file));
    return arena
        .allocate(Math.max(1, copy.byteSize()), 4096)
        .asSlice(0, copy.byteSize())
        .copyFrom(copy)
        .asReadOnly();
  }

  @Override
  public synchronized byte[] read(Path file) {
    read(Operation.READ, file);
    return regular(Operation.READ, file).content();
  }

  @Override
  public synchronized ReadFile open(Path file) {
    read(Operation.READ, file);
    return new Reading(file, regular(Operation.READ, file));
  }

  @Override
  public synchronized void replace(Path file, ByteBuffer content) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (AppendFile target = append(temporary, 0)) {
      target.append(content);
      target.sync();
    }
    rename(temporary, file);
  }

  @Override
  public synchronized void rename(Path from, Path to) {
    begin(Operation.RENAME, from);
    Entry entry = shown.get(from);
    if (entry == null) {
      throw refused(Operation.RENAME, from, "No such file");
    }
    assertThat(parentOf(to)).as("directory of a renamed file").isEqualTo(parentOf(from));
    if (entry instanceof Entry.Directory) {
      move(from, to);
    } else {
      change(parentOf(to), Map.of(from, new Entry.Absent(), to, entry));
    }
    syncDirectory(parentOf(to));
  }

  /// A directory is moved with what is in it: names in it that are not synced could be lost on
  /// their own, and are an error.
  private void move(Path from, Path to) {
    assertThat(unsynced).as("unsynced names").noneMatch(it -> it.directory().startsWith(from));
    assertThat(shown).as("a directory of that name").doesNotContainKey(to);
    Moved moved = new Moved(from, to);
    moved.within(shown);
    shown.remove(from);
    shown.put(to, new Entry.Directory());
    unsynced.add(
        new Renaming(
            parentOf(to), Map.of(from, new Entry.Absent(), to, new Entry.Directory()), moved));
  }

  @Override
  public synchronized void delete(Path file) {
    begin(Operation.DELETE, file);
    if (shown.containsKey(file)) {
      if (shown.keySet().stream().anyMatch(path -> file.equals(path.getParent()))) {
        throw refused(Operation.DELETE, file, "Directory not empty");
      }
      change(parentOf(file), Map.of(file, new Entry.Absent()));
    }
  }

  @Override
  public synchronized void syncDirectory(Path directory) {
    begin(Operation.SYNC_DIRECTORY, directory);
    if (forgotten.test(directory)) {
      return;
    }
    for (Renaming renaming : List.copyOf(unsynced)) {
      if (renaming.directory().equals(directory)) {
        makeDurable(renaming);
        unsynced.remove(renaming);
      }
    }
  }

  @Override
  public synchronized long freeBytes(Path path) {
    return bytesFree;
  }

  @Override
  public synchronized AutoCloseable lock(Path directory) {
    if (!locked.add(directory)) {
      throw refused(Operation.CREATE, directory, "in use by another store");
    }
    return () -> {
      synchronized (this) {
        locked.remove(directory);
      }
    };
  }

  private abstract sealed class Handle {
    final Path path;
    final FaultyFile file;

    Handle(Path path, FaultyFile file) {
      this.path = path;
      this.file = file;
      open.add(this);
    }

    abstract boolean writes(FaultyFile content);

    void checkOpen(Operation operation) {
      if (!open.contains(this)) {
        throw refused(operation, path, "the file is closed");
      }
    }

    void forget() {
      synchronized (FaultyDisk.this) {
        open.remove(this);
      }
    }

    @Override
    public String toString() {
      return getClass().getSimpleName() + " " + path;
    }
  }

  private final class Writing extends Handle implements AppendFile {
    Writing(Path path, FaultyFile file) {
      super(path, file);
    }

    @Override
    boolean writes(FaultyFile content) {
      return file == content;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long lengthBytes() {
      synchronized (FaultyDisk.this) {
        return file.length();
      }
    }

    @Override
    public void append(ByteBuffer... buffers) {
      synchronized (FaultyDisk.this) {
        checkOpen(Operation.APPEND);
        begin(Operation.APPEND, path);
        for (ByteBuffer buffer : buffers) {
          byte[] bytes = new byte[(int) Math.min(buffer.remaining(), bytesFree)];
          buffer.get(bytes);
          file.grow(bytes);
          bytesFree -= bytesFree == Long.MAX_VALUE ? 0 : bytes.length;
          if (buffer.hasRemaining()) {
            throw refused(Operation.APPEND, path, "No space left on device");
          }
        }
      }
    }

    @Override
    public void sync() {
      synchronized (FaultyDisk.this) {
        checkOpen(Operation.SYNC);
        try {
          begin(Operation.SYNC, path);
        } catch (KindredException e) {
          if (!isOff()) {
            file.failSync();
          }
          throw e;
        }
        if (!forgotten.test(path)) {
          file.sync();
        }
      }
    }

    @Override
    public void close() {
      forget();
    }
  }

  private final class Reading extends Handle implements ReadFile {
    Reading(Path path, FaultyFile file) {
      super(path, file);
    }

    @Override
    boolean writes(FaultyFile content) {
      return false;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long sizeBytes() {
      synchronized (FaultyDisk.this) {
        return file.length();
      }
    }

    @Override
    public int read(long fromByte, ByteBuffer target) {
      synchronized (FaultyDisk.this) {
        checkOpen(Operation.READ);
        FaultyDisk.this.read(Operation.READ, path);
        int count = Math.clamp(file.length() - fromByte, 0, target.remaining());
        if (count > 0) {
          target.put(file.content(), (int) fromByte, count);
        }
        return count;
      }
    }

    @Override
    public void close() {
      forget();
    }
  }
}
