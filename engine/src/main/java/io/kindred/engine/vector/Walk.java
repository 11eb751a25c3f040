package io.kindred.engine.vector;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The scratch memory of graph walks: a query, the rows seen, and the candidates found, as
/// [Candidate]s.
///
/// Owned by one thread. Grows to the largest graph and beam that it has met, then allocates
/// nothing.
public final class Walk {
  /// Rows that are compared in one call at most.
  public static final int BATCH_MAX = 1024;

  private static final int BYTES = 96;
  private static final int VISITED = 0;
  private static final int UNDO = 8;
  private static final int BEAM = 16;
  private static final int SPARE = 24;
  private static final int IDS = 32;
  private static final int DISTANCES = 40;
  private static final int QUERY = 48;
  private static final int SCALE = 56;
  private static final int CONSTANT = 60;
  private static final int BIAS = 64;
  private static final int SIZE = 68;
  private static final int SCORED = 72;
  private static final int HOPS = 80;
  private static final int FLOATS = 88;

  private final MemorySegment description = Arena.ofAuto().allocate(BYTES, Long.BYTES);
  private final long address = description.address();
  private final MemorySegment ids = Arena.ofAuto().allocate(BATCH_MAX * 4L, CodeRows.ALIGNMENT);
  private final MemorySegment distances =
      Arena.ofAuto().allocate(BATCH_MAX * 4L, CodeRows.ALIGNMENT);

  // Kept here, as native code knows them by their addresses only.
  private MemorySegment visited = MemorySegment.NULL;
  private MemorySegment undo = MemorySegment.NULL;
  private MemorySegment beam = MemorySegment.NULL;
  private MemorySegment spare = MemorySegment.NULL;
  private MemorySegment query = MemorySegment.NULL;
  private MemorySegment floats = MemorySegment.NULL;

  public Walk() {
    description.set(ValueLayout.JAVA_LONG, IDS, ids.address());
    description.set(ValueLayout.JAVA_LONG, DISTANCES, distances.address());
  }

  /// Makes room for walks over a graph of as many rows, for beams of this width, and for a query.
  public void reserve(CodeRows rows, int rowCount, int width) {
    long words = (rowCount + 63L) / 64;
    if (visited.byteSize() < words * Long.BYTES) {
      visited = NativeMemory.reserve(words * Long.BYTES, Arena.ofAuto());
      undo = NativeMemory.reserve(words * Integer.BYTES, Arena.ofAuto());
      description.set(ValueLayout.JAVA_LONG, VISITED, visited.address());
      description.set(ValueLayout.JAVA_LONG, UNDO, undo.address());
    }
    // One place more, and never fewer than the links of a node that are chosen among.
    long beamBytes = (Math.max(width, 2 * GraphMemory.DEGREE_MAX) + 1L) * Long.BYTES;
    if (beam.byteSize() < beamBytes) {
      beam = Arena.ofAuto().allocate(beamBytes, CodeRows.ALIGNMENT);
      spare = Arena.ofAuto().allocate(beamBytes, CodeRows.ALIGNMENT);
      description.set(ValueLayout.JAVA_LONG, BEAM, beam.address());
      description.set(ValueLayout.JAVA_LONG, SPARE, spare.address());
    }
    if (query.byteSize() < rows.queryBytes()) {
      query = Arena.ofAuto().allocate(rows.queryBytes(), CodeRows.ALIGNMENT);
      description.set(ValueLayout.JAVA_LONG, QUERY, query.address());
    }
  }

  /// Hides a row that is no entry from walks, until [#show]: they pass it by, as one that they have
  /// met. Memory must have been reserved for its graph.
  public void hide(int row) {
    Memory.setLong(visited() + (row >>> 6) * 8L, 1L << row);
  }

  /// Ends [#hide], before another row is hidden.
  public void show(int row) {
    Memory.setLong(visited() + (row >>> 6) * 8L, 0);
  }

  /// Sets the query of [GraphKernel#scoreFloats].
  public void setFloats(float[] query, int dimension) {
    if (floats.byteSize() < 4L * dimension) {
      floats = Arena.ofAuto().allocate(4L * dimension, CodeRows.ALIGNMENT);
      description.set(ValueLayout.JAVA_LONG, FLOATS, floats.address());
    }
    MemorySegment.copy(query, 0, floats, ValueLayout.JAVA_FLOAT, 0, dimension);
  }

  /// The query's memory, in the form of the rows' format: int8 codes, or floats.
  public MemorySegment query() {
    return query;
  }

  /// Says what the query's codes stand for.
  ///
  /// @param scale of a code
  /// @param constant the query's share of [CodeRows.Comparison#L2]
  /// @param bias what a dot product of codes has too much
  public void setQuery(float scale, float constant, int bias) {
    description.set(ValueLayout.JAVA_FLOAT, SCALE, scale);
    description.set(ValueLayout.JAVA_FLOAT, CONSTANT, constant);
    description.set(ValueLayout.JAVA_INT, BIAS, bias);
  }

  /// Candidates in the beam after a walk, nearest first.
  public int size() {
    return description.get(ValueLayout.JAVA_INT, SIZE);
  }

  public long candidate(int index) {
    return Memory.getLong(beam() + 8L * index);
  }

  public void setCandidate(int index, long candidate) {
    Memory.setLong(beam() + 8L * index, candidate);
  }

  /// Copies candidates out.
  public void candidates(long[] into, int count) {
    MemorySegment.copy(beam, ValueLayout.JAVA_LONG, 0, into, 0, count);
  }

  /// Copies candidates in.
  public void setCandidates(long[] from, int count) {
    MemorySegment.copy(from, 0, beam, ValueLayout.JAVA_LONG, 0, count);
  }

  public void setId(int index, int row) {
    Memory.setInt(ids.address() + 4L * index, row);
  }

  public int id(int index) {
    return Memory.getInt(ids.address() + 4L * index);
  }

  public float distance(int index) {
    return Memory.get(distances.address(), index);
  }

  /// Rows compared, over all walks.
  public long scored() {
    return description.get(ValueLayout.JAVA_LONG, SCORED);
  }

  /// Rows expanded, over all walks.
  public long hops() {
    return description.get(ValueLayout.JAVA_LONG, HOPS);
  }

  long address() {
    return address;
  }

  long visited() {
    return visited.address();
  }

  long undo() {
    return undo.address();
  }

  long beam() {
    return beam.address();
  }

  long spare() {
    return spare.address();
  }

  long ids() {
    return ids.address();
  }

  long distances() {
    return distances.address();
  }

  long floats() {
    return floats.address();
  }

  float scale() {
    return description.get(ValueLayout.JAVA_FLOAT, SCALE);
  }

  float constant() {
    return description.get(ValueLayout.JAVA_FLOAT, CONSTANT);
  }

  int bias() {
    return description.get(ValueLayout.JAVA_INT, BIAS);
  }

  void setSize(int size) {
    description.set(ValueLayout.JAVA_INT, SIZE, size);
  }

  void addScored(long rows) {
    description.set(ValueLayout.JAVA_LONG, SCORED, scored() + rows);
  }

  void addHop() {
    description.set(ValueLayout.JAVA_LONG, HOPS, hops() + 1);
  }
}
