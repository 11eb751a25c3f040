package io.kindred.engine.disk;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The file system of the machine. Thread-safe.
///
/// An operation of an interrupted thread fails with `STORAGE_UNAVAILABLE`, as channels close on an
/// interrupt.
public final class FileDisk implements Disk {
  static final String LOCK_FILE = "lock";
  static final String TEMPORARY_SUFFIX = ".tmp";

  /// Directories that this process has locked. The system's file locks belong to a process, not to
  /// a channel, so they do not hold two stores of one process apart, and closing any channel of a
  /// lock file would give the lock away.
  private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

  @Override
  public void createDirectories(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    attempt(
        "create directory",
        directory,
        () -> {
          try {
            Files.createDirectory(directory);
          } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
              throw e;
            }
          }
        });
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  @Override
  public List<Path> list(Path directory) {
    return ask(
        "list",
        directory,
        () -> {
          try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
          } catch (NoSuchFileException e) {
            return List.of();
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public long sizeBytes(Path file) {
    return ask("read size of", file, () -> Files.size(file));
  }

  @Override
  public AppendFile append(Path file, long lengthBytes) {
    boolean isNew = !Files.exists(file);
    FileChannel channel = openChannel(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      if (isNew) {
        syncDirectory(parentOf(file));
      }
      return ask("append to", file, () -> FileAppend.open(file, channel, lengthBytes));
    } catch (RuntimeException e) {
      closeAfter(e, file, channel);
      throw e;
    }
  }

  @Override
  public MemorySegment map(Path file, Arena arena) {
    return ask(
        "map",
        file,
        () -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
          }
        });
  }

  @Override
  public byte[] read(Path file) {
    return ask("read", file, () -> Files.readAllBytes(file));
  }

  @Override
  public ReadFile open(Path file) {
    return new FileRead(file, openChannel(file, StandardOpenOption.READ));
  }

  @Override
  public void replace(Path file, ByteBuffer content) {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    try (AppendFile target = append(temporary, 0)) {
      target.append(content);
      target.sync();
    } catch (RuntimeException e) {
      deleteAfter(e, temporary);
      throw e;
    }
    rename(temporary, file);
  }

  @Override
  public void rename(Path from, Path to) {
    attempt(
        "rename",
        from,
        () ->
            Files.move(
                from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    syncDirectory(parentOf(to));
  }

  @Override
  public void delete(Path file) {
    attempt("delete", file, () -> Files.deleteIfExists(file));
  }

  @Override
  public void syncDirectory(Path directory) {
    attempt(
        "sync directory",
        directory,
        () -> {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
        });
  }

  @Override
  public long freeBytes(Path path) {
    return ask(
        "read free space of",
        path,
        () -> {
          Path existing = path.toAbsolutePath();
          while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
          }
          return Files.getFileStore(existing).getUsableSpace();
        });
  }

  @Override
  public AutoCloseable lock(Path directory) {
    Path real = ask("lock", directory, directory::toRealPath);
    if (!LOCKED.add(real)) {
      throw alreadyLocked(directory, "another store of this process");
    }
    try {
      return lockFile(directory, real);
    } catch (RuntimeException e) {
      LOCKED.remove(real);
      throw e;
    }
  }

  private static AutoCloseable lockFile(Path directory, Path real) {
    FileChannel channel =
        openChannel(real.resolve(LOCK_FILE), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      @Nullable FileLock lock = tryLock(directory, channel);
      if (lock == null) {
        throw alreadyLocked(directory, "another process");
      }
      return () -> unlock(real, channel);
    } catch (RuntimeException e) {
      closeAfter(e, directory, channel);
      throw e;
    }
  }

  private static synchronized void unlock(Path real, FileChannel channel) {
    // Only once: the directory may be another store's by the second time.
    if (channel.isOpen()) {
      try {
        attempt("unlock", real, channel::close);
      } finally {
        LOCKED.remove(real);
      }
    }
  }

  private static @Nullable FileLock tryLock(Path directory, FileChannel channel) {
    try {
      return channel.tryLock();
    } catch (IOException e) {
      throw failure("lock", directory, e);
    }
  }

  private static KindredException alreadyLocked(Path directory, String holder) {
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE,
        "directory: "
            + directory
            + " is in use by "
            + holder
            + " (expected: one store per directory; stop the other one or choose another directory)");
  }

  private static FileChannel openChannel(Path file, OpenOption... options) {
    try {
      return FileChannel.open(file, options);
    } catch (IOException e) {
      throw failure("open", file, e);
    }
  }

  private static Path parentOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "file", file, "a file within a directory");
    }
    return parent;
  }

  private static void closeAfter(RuntimeException cause, Path file, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      cause.addSuppressed(failure("close", file, e));
    }
  }

  private void deleteAfter(RuntimeException cause, Path file) {
    try {
      delete(file);
    } catch (KindredException e) {
      cause.addSuppressed(e);
    }
  }

  @FunctionalInterface
  interface Question<T> {
    T ask() throws IOException;
  }

  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  static <T> T ask(String operation, Path file, Question<T> question) {
    try {
      return question.ask();
    } catch (IOException e) {
      throw failure(operation, file, e);
    }
  }

  static void attempt(String operation, Path file, Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw failure(operation, file, e);
    }
  }

  static KindredException failure(String operation, Path file, IOException cause) {
    String reason = cause.getMessage();
    String detail =
        reason == null || reason.equals(file.toString())
            ? cause.getClass().getSimpleName()
            : reason;
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE, "cannot " + operation + " " + file + ": " + detail, cause);
  }

  private record FileRead(Path path, FileChannel channel) implements ReadFile {
    @Override
    public long sizeBytes() {
      return ask("read size of", path, channel::size);
    }

    @Override
    public int read(long fromByte, ByteBuffer target) {
      return ask(
          "read",
          path,
          () -> {
            int before = target.position();
            long at = fromByte;
            while (target.hasRemaining()) {
              int count = channel.read(target, at);
              if (count < 0) {
                break;
              }
              at += count;
            }
            return target.position() - before;
          });
    }

    @Override
    public void close() {
      attempt("close", path, channel::close);
    }
  }

  private static final class FileAppend implements AppendFile {
    private final Path path;
    private final FileChannel channel;
    private long length;

    private FileAppend(Path path, FileChannel channel, long length) {
      this.path = path;
      this.channel = channel;
      this.length = length;
    }

    static FileAppend open(Path path, FileChannel channel, long length) throws IOException {
      long size = channel.size();
      if (size < length) {
        throw new IOException("size: " + size + " (expected: at least " + length + ")");
      }
      if (size > length) {
        channel.truncate(length);
      }
      channel.position(length);
      return new FileAppend(path, channel, length);
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long lengthBytes() {
      return length;
    }

    @Override
    public void append(ByteBuffer... buffers) {
      attempt("append to", path, () -> writeFully(buffers));
    }

    private void writeFully(ByteBuffer[] buffers) throws IOException {
      int first = 0;
      while (first < buffers.length) {
        if (!buffers[first].hasRemaining()) {
          first++;
          continue;
        }
        length += channel.write(buffers, first, buffers.length - first);
      }
    }

    @Override
    public void sync() {
      // Data and length, not the times: all that reading the file again needs.
      attempt("sync", path, () -> channel.force(false));
    }

    @Override
    public void close() {
      attempt("close", path, channel::close);
    }
  }
}
