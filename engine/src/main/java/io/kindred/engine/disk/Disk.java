package io.kindred.engine.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// The file system, as the engine uses it: a port, so that tests can drop, tear and refuse.
///
/// Thread-safe. Every failure is a `KindredException`: `STORAGE_UNAVAILABLE` where the system
/// refused (full, read-only, I/O error), naming the file and the operation.
public interface Disk {
  /// Creates a directory and its missing parents, and syncs where each was entered.
  void createDirectories(Path directory);

  /// Names of the entries of a directory, sorted; empty where it does not exist.
  List<Path> list(Path directory);

  boolean exists(Path file);

  long sizeBytes(Path file);

  /// Opens a file for appending at the given length, cutting what lies behind it; creates it if
  /// absent, and then syncs the directory.
  AppendFile append(Path file, long lengthBytes);

  /// Maps a whole file for reading. The segment lives as long as the arena.
  MemorySegment map(Path file, Arena arena);

  /// The whole content of a small file.
  byte[] read(Path file);

  /// Opens a file for reading it in pieces.
  ReadFile open(Path file);

  /// Replaces a file as one step: a temporary file is written and synced, renamed over the old one,
  /// and the directory synced. After a crash the old or the new content is there, never a mixture.
  void replace(Path file, ByteBuffer content);

  /// Renames within one directory and syncs it.
  void rename(Path from, Path to);

  /// Deletes a file or an empty directory; does nothing where it is absent. Whether the deletion
  /// survives a crash is open until the directory is synced.
  void delete(Path file);

  void syncDirectory(Path directory);

  /// Free bytes of the file system that holds the path.
  long freeBytes(Path path);

  /// Takes the one-process lock of a directory.
  ///
  /// @throws io.kindred.engine.KindredException `STORAGE_UNAVAILABLE`, naming the directory, where
  ///   another process (or another store of this process) holds it
  AutoCloseable lock(Path directory);

  /// A file that grows at its end. Owned by one thread, but for [#sync], which another may call
  /// meanwhile: what was appended before is forced, and perhaps more.
  interface AppendFile extends AutoCloseable {
    Path path();

    long lengthBytes();

    /// Appends the remaining bytes of all buffers.
    void append(ByteBuffer... buffers);

    /// Forces data and length to the device.
    void sync();

    @Override
    void close();
  }

  /// A file that is read in pieces. Owned by one thread.
  interface ReadFile extends AutoCloseable {
    Path path();

    long sizeBytes();

    /// Fills the buffer from a place of the file on, up to the end of the file.
    ///
    /// @return the bytes read, fewer than the buffer takes only at the end of the file
    int read(long fromByte, ByteBuffer target);

    @Override
    void close();
  }
}
