package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.backup.BackupManifest.BackupFile;
import io.kindred.engine.backup.BackupManifest.BackupShard;
import io.kindred.engine.backup.BackupManifest.BackupTable;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.Seal;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.shard.ShardImage;
import io.kindred.engine.shard.ShardSnapshot;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.RestoredStore;
import io.kindred.engine.store.StoreSnapshot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backups of a place. Thread-safe.
///
/// A backup is a manifest and the files that it names. Files are named by their content and shared
/// by all backups of the place, so that what is there is not copied again: neither by the next
/// backup, nor by one that goes on where an interrupted one ended. The manifest comes last; without
/// it there is no backup.
public final class Backups {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String BACKUP_MARK = "backup-";
  private static final String DELETION_MARK = "deletion-";
  private static final int MANIFEST_BYTES_MAX = 256 << 20;
  static final int BLOCK_BYTES = 1 << 20;

  private final ObjectStore objects;
  private final Disk disk;
  private final InstantSource clock;

  public Backups(ObjectStore objects) {
    this(objects, new FileDisk(), InstantSource.system());
  }

  /// @param disk of the store and of restored files
  Backups(ObjectStore objects, Disk disk, InstantSource clock) {
    this.objects = objects;
    this.disk = disk;
    this.clock = clock;
  }

  /// How a person would name the place.
  public String place() {
    return objects.place();
  }

  /// What [#create] did. Immutable.
  ///
  /// @param bytesCopied of the files that the place did not have
  public record Created(BackupManifest manifest, int filesCopied, long bytesCopied) {}

  /// An id for a backup that is made now.
  public String newId() {
    return "%s-%08x".formatted(ID_TIME.format(clock.instant()), (int) SealedFile.newFileId());
  }

  /// As [#create(String, EmbeddedStore, Collection, Progress)], with an id that is made here.
  public Created create(EmbeddedStore store, Collection<String> tables, Progress progress) {
    return create(newId(), store, tables, progress);
  }

  /// Backs up tables as of one position of the log, while writes go on.
  ///
  /// @param id of [#newId]
  /// @param tables their names; empty for all
  /// @throws KindredException `TABLE_NOT_FOUND`; `CORRUPT` where a file of the store is damaged,
  ///   naming it; `BACKUP_CONFLICT` while a backup is deleted; `STORAGE_UNAVAILABLE`. There is no
  ///   backup then, and the next one goes on from there.
  public Created create(
      String id, EmbeddedStore store, Collection<String> tables, Progress progress) {
    try (StoreSnapshot snapshot = store.snapshot(tables);
        ActiveMark mark =
            ActiveMark.set(
                objects, clock, BACKUP_MARK + "%016x".formatted(snapshot.logId()), DELETION_MARK)) {
      Map<String, Path> sources = new LinkedHashMap<>();
      BackupManifest manifest = manifest(id, snapshot, sources);
      Created created = copy(manifest, sources, mark, progress);
      writeManifest(manifest);
      requireFiles(manifest);
      LOG.info(
          "backed up id={} place={} position={} tables={} bytes={} copied={}",
          manifest.id(),
          place(),
          manifest.position(),
          manifest.tables().size(),
          manifest.sizeBytes(),
          created.bytesCopied());
      return created;
    }
  }

  /// @param sources takes where each file is, by the name of its object
  private BackupManifest manifest(String id, StoreSnapshot snapshot, Map<String, Path> sources) {
    List<BackupTable> tables = new ArrayList<>();
    for (StoreSnapshot.SnapshotTable table : snapshot.tables()) {
      List<BackupShard> shards = new ArrayList<>();
      for (ShardSnapshot shard : table.shards()) {
        shards.add(shard(shard, sources));
      }
      tables.add(new BackupTable(table.entry(), shards));
    }
    Instant now = Instant.ofEpochMilli(snapshot.takenAtMillis());
    return new BackupManifest(id, now, snapshot.logId(), snapshot.position(), tables);
  }

  private BackupShard shard(ShardSnapshot shard, Map<String, Path> sources) {
    ShardImage image = shard.image();
    List<BackupFile> files = new ArrayList<>();
    for (ShardImage.NamedFile file : image.files(shard.directory())) {
      try (Disk.ReadFile opened = disk.open(file.path())) {
        Seal seal = Seal.read(opened);
        if (seal.fileId() != file.part().fileId()) {
          throw new KindredException(
              ErrorCode.CORRUPT,
              file.path() + ": another file's id (expected: the id that the manifest names)");
        }
        BackupFile backupFile = new BackupFile(file.part().role(), seal);
        files.add(backupFile);
        sources.put(backupFile.objectName(), file.path());
      }
    }
    return new BackupShard(
        image.appliedPosition(),
        image.logTimeMillis(),
        image.rowCount(),
        image.base() == null ? 0 : image.base().rowCount(),
        files);
  }

  private Created copy(
      BackupManifest manifest, Map<String, Path> sources, ActiveMark mark, Progress progress) {
    Map<String, Long> present = sizes();
    Map<String, Seal> wanted = seals(manifest);
    progress.begin(
        Progress.Step.COPYING,
        wanted.size(),
        wanted.values().stream().mapToLong(Seal::fileBytes).sum());
    int filesCopied = 0;
    long bytesCopied = 0;
    progress.whileResting(mark::renew);
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    for (Map.Entry<String, Seal> file : wanted.entrySet()) {
      Seal seal = file.getValue();
      Long size = present.get(file.getKey());
      if (size != null && size == seal.fileBytes()) {
        progress.skipped(seal.fileBytes());
      } else {
        Path source = java.util.Objects.requireNonNull(sources.get(file.getKey()));
        copy(source, file.getKey(), seal, block, mark, progress);
        filesCopied++;
        bytesCopied += seal.fileBytes();
      }
      progress.fileDone();
    }
    return new Created(manifest, filesCopied, bytesCopied);
  }

  private void copy(
      Path source, String name, Seal seal, ByteBuffer block, ActiveMark mark, Progress progress) {
    Seal.Check check = new Seal.Check(source.toString(), seal);
    try (Disk.ReadFile file = disk.open(source);
        ObjectStore.ObjectWriter writer = objects.create(name, seal.fileBytes())) {
      long at = 0;
      for (int count = file.read(at, block.clear()); count > 0; ) {
        check.update(block.flip());
        writer.write(block);
        at += count;
        progress.copied(count);
        mark.renew();
        count = file.read(at, block.clear());
      }
      check.finish();
      writer.commit();
    }
  }

  /// Each file of a backup once, by the name of its object.
  static Map<String, Seal> seals(BackupManifest manifest) {
    Map<String, Seal> seals = new LinkedHashMap<>();
    for (BackupTable table : manifest.tables()) {
      for (BackupShard shard : table.shards()) {
        shard.files().forEach(file -> seals.put(file.objectName(), file.seal()));
      }
    }
    return seals;
  }

  private Map<String, Long> sizes() {
    Map<String, Long> sizes = new HashMap<>();
    for (ObjectStore.StoredObject object : objects.list(ObjectNames.FILES)) {
      sizes.put(object.name(), object.sizeBytes());
    }
    return sizes;
  }

  private void writeManifest(BackupManifest manifest) {
    ByteBuffer content = manifest.encode(SealedFile.newFileId());
    String name = ObjectNames.backup(manifest.id());
    try (ObjectStore.ObjectWriter writer = objects.create(name, content.remaining())) {
      writer.write(content);
      writer.commit();
    }
  }

  /// A backup whose files somebody took away while it was made is none.
  private void requireFiles(BackupManifest manifest) {
    Set<String> present = sizes().keySet();
    for (String name : manifest.objectNames()) {
      if (!present.contains(name)) {
        objects.delete(ObjectNames.backup(manifest.id()));
        throw new KindredException(
            ErrorCode.BACKUP_CONFLICT,
            "%s: %s was deleted while the backup was made (expected: nobody else deletes there; run it again)"
                .formatted(place(), name));
      }
    }
  }

  /// A backup as it is listed: its manifest, or what is wrong with it. Immutable.
  public record Listed(String id, @Nullable BackupManifest manifest, @Nullable String problem) {}

  /// All backups, the oldest first.
  public List<Listed> list() {
    List<Listed> listed = new ArrayList<>();
    for (String id : ids()) {
      try {
        listed.add(new Listed(id, read(id), null));
      } catch (KindredException e) {
        if (e.code() != ErrorCode.CORRUPT) {
          throw e;
        }
        listed.add(new Listed(id, null, e.getMessage()));
      }
    }
    return listed;
  }

  private List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (ObjectStore.StoredObject object : objects.list(ObjectNames.BACKUPS)) {
      String name = object.name().substring(ObjectNames.BACKUPS.length() + 1);
      String id = name.replace(ObjectNames.BACKUP_SUFFIX, "");
      if (name.endsWith(ObjectNames.BACKUP_SUFFIX) && ObjectNames.isId(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /// The id of the newest backup.
  ///
  /// @throws KindredException `BACKUP_NOT_FOUND` where there is none
  public String newest() {
    List<String> ids = ids();
    if (ids.isEmpty()) {
      throw new KindredException(
          ErrorCode.BACKUP_NOT_FOUND, place() + " has no backup (expected: one)");
    }
    return ids.getLast();
  }

  /// The manifest of a backup.
  ///
  /// @throws KindredException `BACKUP_NOT_FOUND`, or `CORRUPT` where it is damaged, too old, too
  ///   new, or says what cannot be
  public BackupManifest read(String id) {
    String name = ObjectNames.backup(id);
    long size =
        objects.list(ObjectNames.BACKUPS).stream()
            .filter(object -> object.name().equals(name))
            .findFirst()
            .orElseThrow(() -> notFound(id))
            .sizeBytes();
    if (size > MANIFEST_BYTES_MAX) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          name + ": " + size + " bytes (expected: at most " + MANIFEST_BYTES_MAX + ")");
    }
    ByteBuffer content = ByteBuffer.allocate((int) size);
    try (ObjectStore.ObjectReader reader = objects.open(name)) {
      reader.read(content);
    }
    byte[] bytes = new byte[content.flip().remaining()];
    content.get(bytes);
    BackupManifest manifest = BackupManifest.decode(place() + ": " + name, bytes);
    if (!manifest.id().equals(id)) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          place()
              + ": "
              + name
              + " is the manifest of "
              + manifest.id()
              + " (expected: "
              + id
              + ")");
    }
    return manifest;
  }

  private KindredException notFound(String id) {
    return new KindredException(
        ErrorCode.BACKUP_NOT_FOUND,
        "backup: " + id + " (expected: one of " + place() + ", as the list shows)");
  }

  /// Reads every byte of a backup.
  ///
  /// @return what is wrong with each damaged or missing file; empty where the backup is whole
  /// @throws KindredException as [#read]
  public List<String> verify(String id, Progress progress) {
    Map<String, Seal> seals = seals(read(id));
    progress.begin(
        Progress.Step.CHECKING,
        seals.size(),
        seals.values().stream().mapToLong(Seal::fileBytes).sum());
    List<String> problems = new ArrayList<>();
    Map<String, Long> present = sizes();
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    for (Map.Entry<String, Seal> file : seals.entrySet()) {
      String name = file.getKey();
      if (!present.containsKey(name)) {
        problems.add(place() + ": " + name + " is missing (expected: a file of the backup)");
      } else {
        String problem = problem(name, file.getValue(), block, progress);
        if (problem != null) {
          problems.add(problem);
        }
      }
      progress.fileDone();
    }
    return problems;
  }

  private @Nullable String problem(String name, Seal seal, ByteBuffer block, Progress progress) {
    Seal.Check check = new Seal.Check(place() + ": " + name, seal);
    try (ObjectStore.ObjectReader reader = objects.open(name)) {
      while (reader.read(block.clear()) > 0) {
        check.update(block.flip());
        progress.skipped(block.remaining());
      }
      check.finish();
      return null;
    } catch (KindredException e) {
      if (e.code() != ErrorCode.CORRUPT) {
        throw e;
      }
      return e.getMessage();
    }
  }

  /// What [#delete] did. Immutable.
  public record Deleted(int filesDeleted, long bytesDeleted) {}

  /// Deletes a backup, damaged or not, and then the files that no other one names, also those that
  /// interrupted backups left.
  ///
  /// @throws KindredException `BACKUP_NOT_FOUND`; `BACKUP_CONFLICT` while a backup is made;
  ///   `CORRUPT` where another backup is damaged, so that nobody knows which files it needs: the
  ///   manifest is deleted then, and no file
  public Deleted delete(String id) {
    String name = ObjectNames.backup(id);
    if (!ids().contains(id)) {
      throw notFound(id);
    }
    String mark = DELETION_MARK + "%016x".formatted(SealedFile.newFileId());
    try (ActiveMark active = ActiveMark.set(objects, clock, mark, BACKUP_MARK)) {
      objects.delete(name);
      Set<String> needed = new HashSet<>();
      for (String other : ids()) {
        needed.addAll(read(other).objectNames());
      }
      int files = 0;
      long bytes = 0;
      for (ObjectStore.StoredObject object : objects.list(ObjectNames.FILES)) {
        if (!needed.contains(object.name())) {
          objects.delete(object.name());
          active.renew();
          files++;
          bytes += object.sizeBytes();
        }
      }
      objects.deleteUnfinished(ObjectNames.FILES);
      objects.deleteUnfinished(ObjectNames.BACKUPS);
      LOG.info("deleted backup id={} place={} files={} bytes={}", id, place(), files, bytes);
      return new Deleted(files, bytes);
    }
  }

  /// Makes a new data directory from a backup; see [Restore].
  ///
  /// @throws KindredException as [#read] and [Restore#run]
  public Restore.Restored restore(String id, Restore.Target target, Progress progress) {
    return new Restore(objects, disk, read(id), progress).run(target);
  }

  /// Where a single table goes.
  ///
  /// @param table its name in the backup
  /// @param newName what it is called in the store; no table there may have the name
  public record IntoStore(EmbeddedStore store, String table, String newName) {}

  /// Brings one table of a backup into a store that is open and goes on meanwhile. The table is
  /// there once all of it is checked; whenever the process ends, it is whole or absent.
  ///
  /// @throws KindredException `BACKUP_NOT_FOUND`, `TABLE_NOT_FOUND`; `TABLE_EXISTS`; `UNSUPPORTED`
  ///   where the store's log has not come as far as the backup's; `CORRUPT` where anything of the
  ///   backup is damaged or cannot be, naming it; `OVERLOADED` where the memory budget has no room;
  ///   `STORAGE_UNAVAILABLE` where place or disk refuse: run it again, and it goes on from there
  public Table restore(String id, IntoStore target, Progress progress) {
    return new TableRestore(objects, disk, read(id), progress)
        .run(target.store(), target.table(), target.newName());
  }

  /// What a drill found. Immutable.
  ///
  /// @param tables by name: rows that can be read, without expired ones
  public record Drilled(BackupManifest manifest, Map<String, Long> tables, Duration took) {}

  /// Restores a backup to a scratch directory, checks it, compares its counts, opens it as a store,
  /// and deletes it again, however that ends.
  ///
  /// @param scratch absent or empty; needs the room of the backup
  /// @throws KindredException as [#restore]
  public Drilled drill(String id, Path scratch, Progress progress) {
    long started = System.nanoTime();
    Restore.Restored restored = restore(id, Restore.Target.of(scratch), progress);
    try {
      Map<String, Long> tables = new LinkedHashMap<>();
      try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(scratch))) {
        for (Table table : store.tables()) {
          tables.put(table.spec().name(), table.info().rowCount());
        }
      }
      return new Drilled(
          restored.manifest(), tables, Duration.ofNanos(System.nanoTime() - started));
    } finally {
      new RestoredStore(disk, scratch).delete();
    }
  }
}
