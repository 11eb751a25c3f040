package io.kindred.engine.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// A disk that does what another does, for tests that change a part of it. Thread-safe.
public class ForwardingDisk implements Disk {
  private final Disk disk;

  public ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public void createDirectories(Path directory) {
    disk.createDirectories(directory);
  }

  @Override
  public List<Path> list(Path directory) {
    return disk.list(directory);
  }

  @Override
  public boolean exists(Path file) {
    return disk.exists(file);
  }

  @Override
  public long sizeBytes(Path file) {
    return disk.sizeBytes(file);
  }

  @Override
  public AppendFile append(Path file, long lengthBytes) {
    return disk.append(file, lengthBytes);
  }

  @Override
  public MemorySegment map(Path file, Arena arena) {
    return disk.map(file, arena);
  }

  @Override
  public byte[] read(Path file) {
    return disk.read(file);
  }

  @Override
  public ReadFile open(Path file) {
    return disk.open(file);
  }

  @Override
  public void replace(Path file, ByteBuffer content) {
    disk.replace(file, content);
  }

  @Override
  public void rename(Path from, Path to) {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path file) {
    disk.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) {
    disk.syncDirectory(directory);
  }

  @Override
  public long freeBytes(Path path) {
    return disk.freeBytes(path);
  }

  @Override
  public AutoCloseable lock(Path directory) {
    return disk.lock(directory);
  }
}
