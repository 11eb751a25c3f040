package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.PacedFile;
import io.kindred.engine.disk.SealedFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Objects as files of a directory: of a disk, or of a network file system. Thread-safe.
public final class DirectoryObjectStore implements ObjectStore {
  private static final String UNFINISHED_SUFFIX = ".tmp";

  private final Disk disk;
  private final Path directory;

  /// Objects in a directory, which is made with the first of them.
  public DirectoryObjectStore(Path directory) {
    this(new FileDisk(), directory);
  }

  DirectoryObjectStore(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public List<StoredObject> list(String folder) {
    Path within = directory.resolve(ObjectNames.requirePart(folder));
    List<StoredObject> objects = new ArrayList<>();
    for (Path entry : disk.list(within)) {
      String name = entry.getFileName().toString();
      if (ObjectNames.isPart(name) && !name.endsWith(UNFINISHED_SUFFIX)) {
        objects.add(new StoredObject(folder + "/" + name, disk.sizeBytes(within.resolve(name))));
      }
    }
    return objects;
  }

  private Path file(String name) {
    return directory.resolve(ObjectNames.require(name));
  }

  @Override
  public ObjectWriter create(String name, long sizeBytes) {
    Path file = file(name);
    Path folder = file.resolveSibling("");
    disk.createDirectories(folder);
    Path unfinished =
        file.resolveSibling(
            "%s.%016x%s".formatted(file.getFileName(), SealedFile.newFileId(), UNFINISHED_SUFFIX));
    return new FileWriter(disk, unfinished, file);
  }

  @Override
  public ObjectReader open(String name) {
    Path file = file(name);
    if (!disk.exists(file)) {
      throw new KindredException(
          ErrorCode.STORAGE_UNAVAILABLE, file + " is missing (expected: an object of a backup)");
    }
    return new FileReader(disk.open(file));
  }

  @Override
  public void delete(String name) {
    disk.delete(file(name));
  }

  /// Deletes what interrupted writers left in a folder. Nothing else may write there meanwhile.
  @Override
  public void deleteUnfinished(String folder) {
    Path within = directory.resolve(ObjectNames.requirePart(folder));
    for (Path entry : disk.list(within)) {
      if (entry.getFileName().toString().endsWith(UNFINISHED_SUFFIX)) {
        disk.delete(within.resolve(entry.getFileName()));
      }
    }
  }

  @Override
  public void close() {}

  private static final class FileWriter implements ObjectWriter {
    private final Disk disk;
    private final Path unfinished;
    private final PacedFile content;
    private final Path file;
    private boolean isCommitted;
    private boolean isClosed;

    FileWriter(Disk disk, Path unfinished, Path file) {
      this.disk = disk;
      this.unfinished = unfinished;
      this.content = new PacedFile(disk.append(unfinished, 0));
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes) {
      content.append(bytes);
    }

    @Override
    public void commit() {
      content.sync();
      content.close();
      isClosed = true;
      disk.rename(unfinished, file);
      isCommitted = true;
    }

    @Override
    public void close() {
      try {
        if (!isClosed) {
          isClosed = true;
          content.close();
        }
      } finally {
        if (!isCommitted) {
          disk.delete(unfinished);
        }
      }
    }
  }

  private static final class FileReader implements ObjectReader {
    private final Disk.ReadFile file;
    private long at;

    FileReader(Disk.ReadFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target) {
      int count = file.read(at, target);
      at += count;
      return count;
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
