package io.kindred.engine.segment;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Limits;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.disk.Lifetime;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.hnsw.LiveGraph;
import io.kindred.engine.index.Presence;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The rows that a shard has taken since its base was built: mutable, bounded, off-heap. Rows are
/// only appended; a row that replaces another is a new ordinal, and the old one is marked dead.
///
/// One thread appends, any number read without lock. A row is visible, whole, once it is published.
public final class Delta implements Rows {
  private final Schema schema;
  private final Capacity capacity;
  private final Arena arena;
  private final AtomicReferenceArray<@Nullable LiveGraph> graphs;
  private final MemorySegment rows;
  private final RowImages images;
  private final KeyTable keys;
  private final VectorRows[] vectors;
  private final Bitmap[] presence;
  private final Bitmap dead;
  private final Lifetime lifetime;
  private long rowBytes;
  private volatile int size;
  private volatile boolean mayExpire;

  /// Bit i: some row may have no vector of field i. Set before the row counts.
  private volatile int lackingBits;

  /// How much a delta holds. Memory is reserved beyond it by one batch of writes, so that a batch
  /// that starts within the bounds always fits.
  public record Capacity(int rowsMax, long bytesMax) {
    /// The capacity for a schema: as many rows as leave both the images and the vectors within
    /// `bytesMax`.
    public static Capacity of(Schema schema, int rowsMax, long bytesMax) {
      long byVectors = bytesMax / Math.max(1, schema.vectorStrideBytes());
      return new Capacity(Math.clamp(byVectors, 1, rowsMax), bytesMax);
    }

    int rowsReserved() {
      return rowsMax + Limits.BATCH_ROWS_MAX;
    }

    /// An update's images can be larger than its record: each up to the largest row.
    long bytesReserved() {
      return bytesMax + (long) Limits.BATCH_ROWS_MAX * Limits.ROW_BYTES_MAX;
    }
  }

  private Delta(Schema schema, Capacity capacity, Arena arena, Lifetime lifetime) {
    this.schema = schema;
    this.capacity = capacity;
    this.lifetime = lifetime;
    int rowsReserved = capacity.rowsReserved();
    this.rows = NativeMemory.reserve(capacity.bytesReserved(), arena);
    MemorySegment offsets = NativeMemory.reserve((long) rowsReserved * Integer.BYTES, arena);
    this.images = new RowImages(rows, offsets, RowLayout.keyOffset(schema.fieldCount()));
    this.keys = new KeyTable(NativeMemory.reserve(KeyTable.sizeBytes(rowsReserved), arena), images);
    this.dead = Bitmap.create(rowsReserved, arena);
    this.arena = arena;
    this.graphs = new AtomicReferenceArray<>(schema.vectorCount());
    this.vectors = new VectorRows[schema.vectorCount()];
    this.presence = new Bitmap[schema.vectorCount()];
    for (int i = 0; i < vectors.length; i++) {
      int dimension = schema.vectorSpec(i).dimension();
      long stride = VectorRows.strideBytes(dimension);
      vectors[i] =
          new VectorRows(NativeMemory.reserve(stride * rowsReserved, arena), stride, dimension);
      presence[i] = Bitmap.create(rowsReserved, arena);
    }
  }

  /// An empty delta.
  ///
  /// @param reaper frees the memory, off the request path, after the last lease
  public static Delta create(Schema schema, Capacity capacity, Executor reaper) {
    Arena arena = Arena.ofShared();
    try {
      return new Delta(schema, capacity, arena, new Lifetime(() -> reaper.execute(arena::close)));
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The graph of a field's first rows, or null where there is none yet.
  public @Nullable LiveGraph graph(int field) {
    return graphs.get(field);
  }

  /// Whether rows wait to be linked.
  public boolean hasUnlinked() {
    int rowCount = size;
    for (int field = 0; field < vectors.length && rowCount >= LiveGraph.ROWS_MIN; field++) {
      LiveGraph graph = graphs.get(field);
      if (graphSpec(field) != null && (graph == null || graph.snapshot().rowCount() < rowCount)) {
        return true;
      }
    }
    return false;
  }

  /// Links the rows that are there. Called by one thread at a time, which holds a lease.
  ///
  /// @param isStopped asked between rows
  public void link(BooleanSupplier isStopped) {
    int rowCount = size;
    for (int field = 0; field < vectors.length && rowCount >= LiveGraph.ROWS_MIN; field++) {
      IndexSpec.Hnsw spec = graphSpec(field);
      if (spec != null) {
        LiveGraph graph = graphs.get(field);
        if (graph == null) {
          graph = createGraph(field, spec, rowCount);
          graphs.set(field, graph);
        }
        graph.linkTo(rowCount, isStopped);
      }
    }
  }

  private LiveGraph createGraph(int field, IndexSpec.Hnsw spec, int rowCount) {
    LiveGraph.Input input =
        new LiveGraph.Input(
            schema.vectorSpec(field).metric(),
            vectors[field],
            (int) vectors[field].capacity(),
            new Presence(presence[field].words()),
            spec);
    return new LiveGraph(input, rowCount, arena);
  }

  /// How the rows of a field are linked, or null where they are not.
  private IndexSpec.@Nullable Hnsw graphSpec(int field) {
    return switch (schema.vectorSpec(field).index()) {
      case IndexSpec.Flat _ -> null;
      case IndexSpec.Hnsw spec -> spec;
      case IndexSpec.Ivf _ -> IndexSpec.Hnsw.DEFAULT;
    };
  }

  /// Readers and the owner hold it.
  public Lifetime lifetime() {
    return lifetime;
  }

  /// Whether no further batch may start.
  public boolean isFull() {
    return size >= capacity.rowsMax() || rowBytes >= capacity.bytesMax();
  }

  public Capacity capacity() {
    return capacity;
  }

  /// Memory in use.
  public long sizeBytes() {
    return rowBytes + size * (Integer.BYTES + KeyTable.SLOT_BYTES + schema.vectorStrideBytes());
  }

  /// Memory in use: `deltaRows`, `deltaKeys` and `deltaGraphs`.
  public MemoryBytes memory() {
    int rowCount = size;
    long graphBytes = 0;
    for (int field = 0; field < vectors.length; field++) {
      LiveGraph graph = graphs.get(field);
      graphBytes += graph == null ? 0 : graph.memoryBytes(rowCount);
    }
    // Each key may be the first of its page.
    long keyBytes =
        Math.min(KeyTable.sizeBytes(capacity.rowsReserved()), rowCount * NativeMemory.PAGE_BYTES);
    return new MemoryBytes(
        rowBytes + rowCount * (Integer.BYTES + schema.vectorStrideBytes()),
        keyBytes,
        graphBytes,
        0,
        0,
        0,
        0);
  }

  /// Appends a row as the log carries it, without publishing it. Owned by the applying thread, like
  /// everything that changes a delta.
  ///
  /// @param source at the image; its vectors follow it
  /// @param stamp version and expiry, which the image does not know yet
  /// @return the ordinal to publish
  public int append(RowCursor source, RowStamp stamp) {
    int ordinal = appendImage(source.segment(), source.imageOffset(), stamp);
    noteVectors(source.vectorBits());
    long vector = source.imageOffset() + source.lengthBytes();
    for (int field = 0; field < vectors.length; field++) {
      if (source.hasVector(field)) {
        setVector(ordinal, field, source.segment(), vector);
        vector += schema.vectorSpec(field).sizeBytes();
      }
    }
    return ordinal;
  }

  /// Appends the row that an update or a merge has made.
  ///
  /// @param stamp version and expiry, which the draft's image does not know yet
  /// @return the ordinal to publish
  public int append(RowDraft draft, RowStamp stamp) {
    int ordinal = appendImage(draft.image(), 0, stamp);
    noteVectors(draft.vectorBits());
    for (int field = 0; field < vectors.length; field++) {
      float[] changed = draft.changedVector(field);
      StoredAt stored = draft.stored();
      if (changed != null) {
        setVector(ordinal, field, MemorySegment.ofArray(changed), 0);
      } else if (draft.hasVector(field) && stored != null) {
        VectorRows from = stored.rows().vectors(field);
        setVector(ordinal, field, from.data(), stored.ordinal() * from.strideBytes());
      }
    }
    return ordinal;
  }

  /// A row's place, for as long as the lease on its rows is held.
  public record StoredAt(Rows rows, int ordinal) {}

  /// Makes an appended row visible, as the newest of its key.
  public void publish(int ordinal, long slotKey, byte @Nullable [] utf8) {
    keys.put(slotKey, utf8, ordinal);
    size = ordinal + 1;
  }

  private int appendImage(MemorySegment source, long offset, RowStamp stamp) {
    int ordinal = size;
    int length = source.get(ValueLayout.JAVA_INT_UNALIGNED, offset + RowLayout.LENGTH);
    long image = rowBytes;
    MemorySegment.copy(source, offset, rows, image, length);
    rows.set(ValueLayout.JAVA_LONG, image + RowLayout.VERSION, stamp.version());
    if (stamp.expiryMillis() == Long.MAX_VALUE) {
      clearFlag(image, RowLayout.HAS_EXPIRY);
    } else {
      setFlag(image, RowLayout.HAS_EXPIRY);
      rows.set(ValueLayout.JAVA_LONG, image + RowLayout.EXPIRY, stamp.expiryMillis());
      mayExpire = true;
    }
    images.offsets().set(ValueLayout.JAVA_INT, (long) ordinal << 2, (int) (image >>> 3));
    rowBytes = image + length;
    return ordinal;
  }

  private void noteVectors(int vectorBits) {
    int before = lackingBits;
    int after = before | (~vectorBits & ((1 << vectors.length) - 1));
    if (after != before) {
      lackingBits = after;
    }
  }

  private void setFlag(long image, int flag) {
    byte flags = rows.get(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS);
    rows.set(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS, (byte) (flags | flag));
  }

  private void clearFlag(long image, int flag) {
    byte flags = rows.get(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS);
    rows.set(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS, (byte) (flags & ~flag));
  }

  private void setVector(int ordinal, int field, MemorySegment source, long offset) {
    VectorRows target = vectors[field];
    MemorySegment.copy(
        source,
        offset,
        target.data(),
        ordinal * target.strideBytes(),
        schema.vectorSpec(field).sizeBytes());
    presence[field].set(ordinal);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int find(long slotKey, byte @Nullable [] utf8) {
    return keys.find(slotKey, utf8);
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
    return presence[field].get(ordinal);
  }

  @Override
  public boolean mayLackVector(int field) {
    return (lackingBits & (1 << field)) != 0;
  }

  @Override
  public boolean mayExpire() {
    return mayExpire;
  }

  @Override
  public long expiryMillis(int ordinal) {
    return images.expiryMillis(ordinal);
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

  Bitmap presence(int field) {
    return presence[field];
  }

  long rowBytes() {
    return rowBytes;
  }

  /// Takes over what a checkpoint holds. Called once, on an empty delta, before it is read.
  void restore(int restoredSize, long restoredRowBytes) {
    rowBytes = restoredRowBytes;
    RowCursor cursor = new RowCursor(schema);
    for (int ordinal = 0; ordinal < restoredSize; ordinal++) {
      cursor.moveTo(images, ordinal);
      byte[] textKey = cursor.textKey();
      keys.put(cursor.slotKey(textKey), textKey, ordinal);
      mayExpire |= cursor.hasExpiry();
      noteVectors(cursor.vectorBits());
      for (int field = 0; field < vectors.length; field++) {
        if (cursor.hasVector(field)) {
          presence[field].set(ordinal);
        }
      }
    }
    size = restoredSize;
  }
}
