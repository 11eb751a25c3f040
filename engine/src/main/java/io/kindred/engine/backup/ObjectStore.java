package io.kindred.engine.backup;

import java.nio.ByteBuffer;
import java.util.List;

/// Where backups are kept: objects by name, each written once and whole. A port, behind which is a
/// directory or a service such as S3.
///
/// A name is a folder and a name within it, `files/0123`; both are 1 to 128 lower-case letters,
/// digits, dashes and dots, and begin with a letter or digit.
///
/// Thread-safe. Every failure of the place is a `KindredException` with `STORAGE_UNAVAILABLE` that
/// names place, object and reason.
public interface ObjectStore extends AutoCloseable {
  /// How a person would name the place, without secrets.
  String place();

  /// The objects of a folder, sorted by name; empty where there is none. Names that are no object's
  /// are left out.
  List<StoredObject> list(String folder);

  /// An object as it is listed. Immutable.
  record StoredObject(String name, long sizeBytes) {}

  /// Begins an object, which is there once it is committed, in place of one of that name.
  ObjectWriter create(String name, long sizeBytes);

  /// Opens an object to read it from its beginning.
  ObjectReader open(String name);

  /// Deletes an object; does nothing where it is absent.
  void delete(String name);

  /// Deletes what interrupted writers left in a folder, as far as it is seen there. Nothing else
  /// may write to the folder meanwhile.
  void deleteUnfinished(String folder);

  @Override
  void close();

  /// An object in the making. Owned by one thread. Closed without a commit, it leaves nothing that
  /// counts.
  interface ObjectWriter extends AutoCloseable {
    /// Takes the remaining bytes of the buffer.
    void write(ByteBuffer bytes);

    /// Makes the object durable and lets it be seen. Only `close` may follow.
    void commit();

    @Override
    void close();
  }

  /// Reads an object. Owned by one thread.
  interface ObjectReader extends AutoCloseable {
    /// Fills the buffer.
    ///
    /// @return the bytes read, fewer than the buffer takes only at the end of the object
    int read(ByteBuffer target);

    @Override
    void close();
  }
}
