package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// The nearest of many columns (centroids) for many points, by blocked matrix multiplication: with
/// `|x - c|² = |x|² + 2 (|c|²/2 - x·c)`, the inner products of a block of points with all columns
/// decide, and no matrix of distances is ever stored.
///
/// Columns are packed in panels of a few vector registers, component by component, so that four
/// points times one panel stay in registers and a panel stays in the nearest cache while a block of
/// points passes by (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
/// 2008). Memory beyond the last column is filled with columns that are never nearest.
///
/// Immutable, thread-safe; the caller keeps the memory alive.
public final class PackedColumns {
  /// Columns of a panel.
  private static final int PANEL = 4 * Memory.LANES;

  private static final float NEVER = Float.MAX_VALUE;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final MemorySegment panels;
  private final int count;
  private final int dimension;

  /// How columns are compared with points.
  public enum Nearness {
    /// The least Euclidean distance.
    DISTANCE,
    /// The largest inner product.
    PRODUCT
  }

  private PackedColumns(MemorySegment panels, int count, int dimension) {
    this.panels = panels;
    this.count = count;
    this.dimension = dimension;
  }

  /// Bytes of native memory, aligned to 64, that [#pack] fills.
  public static long sizeBytes(int count, int dimension) {
    return (long) panelCount(count) * panelFloats(dimension) * Float.BYTES;
  }

  /// Packs the rows `[0, count)` as columns.
  ///
  /// @param into of [#sizeBytes], overwritten
  public static PackedColumns pack(
      VectorRows rows, int count, Nearness nearness, MemorySegment into) {
    int dimension = rows.dimension();
    long panelFloats = panelFloats(dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < panelCount(count) * PANEL; i++) {
      // A panel: the biases of its columns, then for each component those of all columns.
      long at = i / PANEL * panelFloats + i % PANEL;
      float squares = 0;
      if (i < count) {
        rows.copyTo(i, row);
      }
      for (int j = 0; j < dimension; j++) {
        float value = i < count ? row[j] : 0;
        squares += value * value;
        into.setAtIndex(FLOAT, at + (j + 1L) * PANEL, value);
      }
      float bias = nearness == Nearness.DISTANCE ? squares / 2 : 0;
      into.setAtIndex(FLOAT, at, i < count ? bias : NEVER);
    }
    return new PackedColumns(into, count, dimension);
  }

  private static int panelCount(int count) {
    return (count + PANEL - 1) / PANEL;
  }

  private static long panelFloats(int dimension) {
    return (dimension + 1L) * PANEL;
  }

  public int count() {
    return count;
  }

  /// A block of points and what is found for them. Owned by one thread.
  public static final class Block {
    private final int dimension;
    private final float[] points;
    private final float[] bestScores;
    private final float[] bestRegisters;
    private final int[] nearest;
    private final float[] scores;

    /// @param pointsMax points that it has room for
    public Block(int pointsMax, int dimension) {
      // Four points are taken at a time.
      int room = (pointsMax + 3) & -4;
      this.dimension = dimension;
      points = new float[room * dimension];
      bestScores = new float[room * Memory.LANES];
      bestRegisters = new float[room * Memory.LANES];
      nearest = new int[room];
      scores = new float[room];
    }

    /// The points, one after the other, to be filled by the caller.
    public float[] points() {
      return points;
    }

    /// The column nearest to a point, the first where several are.
    public int nearest(int point) {
      return nearest[point];
    }

    /// For [Nearness#DISTANCE] half of the squared distance less half of the point's squares, for
    /// [Nearness#PRODUCT] the negated inner product.
    public float score(int point) {
      return scores[point];
    }
  }

  /// Finds the nearest column of each of the block's first points.
  public void findNearest(Block block, int pointCount) {
    assert block.dimension == dimension : block.dimension;
    int lanes = pointCount * Memory.LANES;
    java.util.Arrays.fill(
        block.bestScores, 0, Math.min(lanes + 3 * Memory.LANES, block.bestScores.length), NEVER);
    long panelBytes = panelFloats(dimension) * Float.BYTES;
    for (int panel = 0; panel < panelCount(count); panel++) {
      long address = panels.address() + panel * panelBytes;
      for (int point = 0; point < pointCount; point += 4) {
        compare(block, point, address, panel);
      }
    }
    for (int point = 0; point < pointCount; point++) {
      reduce(block, point);
    }
  }

  /// Four points with one panel.
  private void compare(Block block, int point, long panelAddress, int panel) {
    float[] points = block.points;
    int atA = point * dimension;
    int atB = atA + dimension;
    int atC = atB + dimension;
    int atD = atC + dimension;
    FloatVector a0 = FloatVector.zero(Memory.SPECIES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector c2 = a0;
    FloatVector c3 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    FloatVector d2 = a0;
    FloatVector d3 = a0;
    long at = panelAddress;
    for (int j = 0; j < dimension; j++) {
      at += (long) PANEL * Float.BYTES;
      FloatVector p = Memory.load(at, 0);
      FloatVector q = Memory.load(at, Memory.LANES);
      FloatVector r = Memory.load(at, 2 * Memory.LANES);
      FloatVector s = Memory.load(at, 3 * Memory.LANES);
      FloatVector x = FloatVector.broadcast(Memory.SPECIES, points[atA + j]);
      a0 = x.fma(p, a0);
      a1 = x.fma(q, a1);
      a2 = x.fma(r, a2);
      a3 = x.fma(s, a3);
      x = FloatVector.broadcast(Memory.SPECIES, points[atB + j]);
      b0 = x.fma(p, b0);
      b1 = x.fma(q, b1);
      b2 = x.fma(r, b2);
      b3 = x.fma(s, b3);
      x = FloatVector.broadcast(Memory.SPECIES, points[atC + j]);
      c0 = x.fma(p, c0);
      c1 = x.fma(q, c1);
      c2 = x.fma(r, c2);
      c3 = x.fma(s, c3);
      x = FloatVector.broadcast(Memory.SPECIES, points[atD + j]);
      d0 = x.fma(p, d0);
      d1 = x.fma(q, d1);
      d2 = x.fma(r, d2);
      d3 = x.fma(s, d3);
    }
    FloatVector p = Memory.load(panelAddress, 0);
    FloatVector q = Memory.load(panelAddress, Memory.LANES);
    FloatVector r = Memory.load(panelAddress, 2 * Memory.LANES);
    FloatVector s = Memory.load(panelAddress, 3 * Memory.LANES);
    int lane = point * Memory.LANES;
    keep(block, lane, panel, p.sub(a0), q.sub(a1), r.sub(a2), s.sub(a3));
    lane += Memory.LANES;
    keep(block, lane, panel, p.sub(b0), q.sub(b1), r.sub(b2), s.sub(b3));
    lane += Memory.LANES;
    keep(block, lane, panel, p.sub(c0), q.sub(c1), r.sub(c2), s.sub(c3));
    lane += Memory.LANES;
    keep(block, lane, panel, p.sub(d0), q.sub(d1), r.sub(d2), s.sub(d3));
  }

  /// Keeps, in each lane, the least score and the number of its register: exact in a float up to 16
  /// million registers.
  private static void keep(
      Block block,
      int lane,
      int panel,
      FloatVector first,
      FloatVector second,
      FloatVector third,
      FloatVector fourth) {
    FloatVector best = FloatVector.fromArray(Memory.SPECIES, block.bestScores, lane);
    FloatVector registers = FloatVector.fromArray(Memory.SPECIES, block.bestRegisters, lane);
    float register = 4f * panel;
    VectorMask<Float> isLess = first.lt(best);
    best = best.blend(first, isLess);
    registers = registers.blend(register, isLess);
    isLess = second.lt(best);
    best = best.blend(second, isLess);
    registers = registers.blend(register + 1, isLess);
    isLess = third.lt(best);
    best = best.blend(third, isLess);
    registers = registers.blend(register + 2, isLess);
    isLess = fourth.lt(best);
    best = best.blend(fourth, isLess);
    registers = registers.blend(register + 3, isLess);
    best.intoArray(block.bestScores, lane);
    registers.intoArray(block.bestRegisters, lane);
  }

  private void reduce(Block block, int point) {
    int from = point * Memory.LANES;
    float least = NEVER;
    int nearest = 0;
    for (int lane = 0; lane < Memory.LANES; lane++) {
      float score = block.bestScores[from + lane];
      int column = ((int) block.bestRegisters[from + lane]) * Memory.LANES + lane;
      if (score < least || (score == least && column < nearest && score < NEVER)) {
        least = score;
        nearest = column;
      }
    }
    block.nearest[point] = nearest;
    block.scores[point] = least;
  }
}
