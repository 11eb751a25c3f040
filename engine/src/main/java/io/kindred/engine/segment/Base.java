package io.kindred.engine.segment;

import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.Lifetime;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The rows of a shard as of its last fold, in key order: immutable, memory-mapped files. Only the
/// bitmap of dead rows beside them changes.
///
/// Thread-safe for readers that hold its [Lifetime]; rows are marked dead by the applying thread.
public final class Base implements Rows {
  static final SealedFile.Format ROWS = new SealedFile.Format("base-rows", 1);
  static final SealedFile.Format OFFSETS = new SealedFile.Format("base-offsets", 1);
  static final SealedFile.Format KEYS = new SealedFile.Format("base-keys", 1);
  static final SealedFile.Format EXPIRY = new SealedFile.Format("base-expiry", 1);
  static final SealedFile.Format VECTORS = new SealedFile.Format("base-vectors", 1);
  static final SealedFile.Format PRESENCE = new SealedFile.Format("base-presence", 1);

  private final Arena arena;
  private final int size;
  private final RowImages images;
  private final KeyTable keys;
  private final @Nullable MemorySegment expiry;
  private final VectorRows[] vectors;
  private final @Nullable Bitmap[] presence;
  private final Bitmap dead;
  private final Lifetime lifetime;
  private final VectorIndex[] indexes;
  private final IndexSearch[] searches;
  private final Schema schema;
  private final FilterCache filters;
  private volatile @Nullable Partitions partitions;
  private BaseManifest manifest;

  private Base(Opening opening, Schema schema, Lifetime lifetime) {
    this.arena = opening.arena;
    this.manifest = opening.manifest;
    this.size = manifest.rowCount();
    this.images =
        new RowImages(
            opening.map(BaseManifest.ROWS, ROWS, 0),
            opening.map(BaseManifest.OFFSETS, OFFSETS, (long) size * Integer.BYTES),
            RowLayout.keyOffset(schema.fieldCount()));
    this.keys =
        new KeyTable(opening.map(BaseManifest.KEYS, KEYS, KeyTable.sizeBytes(size)), images);
    this.expiry =
        manifest.has(BaseManifest.EXPIRY)
            ? opening.map(BaseManifest.EXPIRY, EXPIRY, (long) size * Long.BYTES)
            : null;
    this.vectors = new VectorRows[schema.vectorCount()];
    this.presence = new Bitmap[schema.vectorCount()];
    for (int i = 0; i < vectors.length; i++) {
      int dimension = schema.vectorSpec(i).dimension();
      long stride = VectorRows.strideBytes(dimension);
      vectors[i] =
          new VectorRows(
              opening.map(BaseManifest.vectors(i), VECTORS, size * stride), stride, dimension);
      if (manifest.has(BaseManifest.presence(i))) {
        presence[i] =
            Bitmap.of(
                opening.map(BaseManifest.presence(i), PRESENCE, Bitmap.sizeBytes(size)), size);
      }
    }
    this.dead = Bitmap.create(size, opening.arena);
    this.lifetime = lifetime;
    this.indexes = new VectorIndex[schema.vectorCount()];
    this.searches = new IndexSearch[schema.vectorCount()];
    this.schema = schema;
    this.filters = new FilterCache(this, schema, opening.arena);
  }

  /// Maps the files of a base.
  ///
  /// @param reaper unmaps them, off the request path, after the last lease
  /// @throws KindredException `CORRUPT`, naming the file
  static Base open(
      Disk disk, Path directory, BaseManifest manifest, Schema schema, Executor reaper) {
    Arena arena = Arena.ofShared();
    try {
      Opening opening = new Opening(disk, directory, manifest, arena);
      return new Base(opening, schema, new Lifetime(() -> reaper.execute(arena::close)));
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The files while they are being opened.
  private record Opening(Disk disk, Path directory, BaseManifest manifest, Arena arena) {
    MemorySegment map(String role, SealedFile.Format format, long expectedBytes) {
      Path path = BaseManifest.file(directory, manifest.number(), role);
      SealedFile file = SealedFile.open(disk, path, format, arena);
      BaseFiles.requireSame(file, BaseFiles.requirePart(directory, manifest, role));
      if (expectedBytes != 0 && file.payloadBytes() != expectedBytes) {
        throw BaseFiles.corrupt(path, file.payloadBytes() + " bytes", expectedBytes + " bytes");
      }
      return file.payload();
    }
  }

  public BaseManifest manifest() {
    return manifest;
  }

  /// Readers and the owner hold it.
  public Lifetime lifetime() {
    return lifetime;
  }

  public VectorIndex index(int field) {
    return indexes[field];
  }

  /// Searches the rows by their vectors of a field.
  public IndexSearch search(int field) {
    return searches[field];
  }

  /// Completes the base with the index of a field. Called before the base is published.
  void setIndex(int field, VectorIndex index) {
    indexes[field] = index;
    searches[field] =
        new IndexSearch(index, schema.vectorSpec(field).metric(), vectors[field], size);
  }

  /// As [#setIndex], for an index in a file that the manifest does not name yet.
  void addIndex(int field, VectorIndex index, BaseManifest.Part part) {
    setIndex(field, index);
    manifest = manifest.with(part);
  }

  /// Memory in use: `indexes`, `filters` and `mapped`.
  public MemoryBytes memory() {
    // Indexes are read from their files as they are.
    long indexBytes = manifest.sizeBytes(BaseManifest.INDEX_PREFIX);
    return new MemoryBytes(
        0,
        0,
        0,
        indexBytes + Bitmap.sizeBytes(size),
        filters.memoryBytes(),
        0,
        manifest.sizeBytes("") - indexBytes);
  }

  /// The bits of filters over the rows.
  public FilterCache filters() {
    return filters;
  }

  /// The rows by their partition; null where the table has none, or the base was written before
  /// they were kept.
  public @Nullable Partitions partitions() {
    return partitions;
  }

  /// The rows of the partition with this number, or null where there is none.
  @Nullable OrdinalList partition(int number) {
    return partitions == null || number >= partitions.count() ? null : partitions.rows(number);
  }

  /// Completes the base with its partitions. Called before the base is published.
  void setPartitions(Partitions opened) {
    partitions = opened;
  }

  /// Does without the partitions, whose file is damaged: searches ask the rows instead.
  public void dropPartitions() {
    partitions = null;
  }

  /// As [#setPartitions], for a file that the manifest does not name yet.
  void addPartitions(Partitions opened, BaseManifest.Part part) {
    partitions = opened;
    manifest = manifest.with(part);
  }

  /// Ends with the base's lifetime.
  Arena arena() {
    return arena;
  }

  /// Which rows have a vector of the field.
  Presence presence(int field) {
    Bitmap bitmap = presence[field];
    return bitmap == null ? Presence.ALL : new Presence(bitmap.words());
  }

  /// How many rows have a vector of the field.
  int vectorCount(int field) {
    Bitmap bitmap = presence[field];
    return bitmap == null ? size : bitmap.cardinality();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int find(long slotKey, byte @Nullable [] utf8) {
    return keys.find(slotKey, utf8);
  }

  /// What is wrong with the key table for itself, or null.
  @Nullable String keyTableProblem() {
    return keys.problem(size);
  }

  /// How many keys the key table holds.
  int takenSlots() {
    return keys.taken();
  }

  /// Brings the key's slot into the cache.
  public void touchSlot(long slotKey) {
    keys.touch(slotKey);
  }

  /// Brings into the cache the stored key that a text key is compared with.
  public void touchKey(long slotKey) {
    var _ = keys.touchKey(slotKey);
  }

  /// Brings into the cache the stored key that a text key is compared with, and its row's vector.
  public void touchRow(long slotKey, int field) {
    int ordinal = keys.touchKey(slotKey);
    if (ordinal >= 0) {
      vectors[field].touch(ordinal);
    }
  }

  @Override
  public boolean isDead(int ordinal) {
    return dead.get(ordinal);
  }

  @Override
  public int deadCount() {
    return dead.cardinality();
  }

  @Override
  public void markDead(int ordinal) {
    dead.set(ordinal);
  }

  @Override
  public VectorRows vectors(int field) {
    return vectors[field];
  }

  @Override
  public boolean hasVector(int field, int ordinal) {
    Bitmap bitmap = presence[field];
    return bitmap == null || bitmap.get(ordinal);
  }

  @Override
  public boolean mayLackVector(int field) {
    return presence[field] != null;
  }

  @Override
  public boolean mayExpire() {
    return expiry != null;
  }

  @Override
  public long expiryMillis(int ordinal) {
    return expiry == null ? Long.MAX_VALUE : expiry.get(ValueLayout.JAVA_LONG, (long) ordinal << 3);
  }

  @Override
  public long version(int ordinal) {
    return images.version(ordinal);
  }

  @Override
  public void read(int ordinal, RowCursor cursor) {
    cursor.moveTo(images, ordinal);
  }

  RowImages images() {
    return images;
  }

  Bitmap dead() {
    return dead;
  }
}
