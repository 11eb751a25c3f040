package io.kindred.engine.vector;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.CodeRows.Comparison;
import io.kindred.engine.vector.CodeRows.Format;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The loops of `kernels.inc` with the Vector API, for machines without a native library.
/// Stateless, thread-safe.
///
/// The batch of a hop lies in the walk's ids; behind the first [Walk#BATCH_MAX] of them is nothing.
final class JavaGraphKernel implements GraphKernel {
  static final JavaGraphKernel INSTANCE = new JavaGraphKernel();

  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(
          byte.class, jdk.incubator.vector.VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
  private static final int STEP = BYTES.length();
  private static final int STARTS_MAX = 32;

  private JavaGraphKernel() {}

  @Override
  public void load(CodeRows rows, int row, Walk walk) {
    long from = rows.address(row);
    long to = walk.query().address();
    float factor = rows.factor(row);
    float scale = rows.comparison() == Comparison.L2 ? 1 : factor;
    int sum = 0;
    switch (rows.format()) {
      case F32 -> {
        Memory.move(from, to, rows.strideBytes());
        walk.setQuery(scale, factor, 0);
      }
      case U8 -> {
        for (long i = 0; i < rows.strideBytes(); i++) {
          byte code = (byte) (Memory.getByte(from + i) ^ 0x80);
          Memory.setByte(to + i, code);
          sum += code;
        }
        walk.setQuery(scale, factor, 128 * sum);
      }
      case U4 -> {
        for (long i = 0; i < rows.strideBytes(); i++) {
          int both = Memory.getByte(from + i);
          byte low = (byte) (((both & 15) - 8) * 16);
          byte high = (byte) (((both >> 4 & 15) - 8) * 16);
          long at = to + 2 * (i & -64) + (i & 63);
          Memory.setByte(at, low);
          Memory.setByte(at + 64, high);
          sum += low + high;
        }
        walk.setQuery(scale / 16, factor, 8 * sum);
      }
    }
  }

  @Override
  public void score(CodeRows rows, Walk walk, int count) {
    float scale = walk.scale();
    float constant = walk.constant();
    int bias = walk.bias();
    long query = walk.query().address();
    for (int i = 0; i < count; i++) {
      int row = Memory.getInt(walk.ids() + 4L * i);
      float product = scale * product(rows, row, query, bias);
      Memory.setFloat(walk.distances(), i, distance(rows, row, constant, product, query));
    }
    walk.addScored(count);
  }

  /// The product of a row's codes with the query's; of float rows under the distance, nothing.
  private static float product(CodeRows rows, int row, long query, int bias) {
    long at = rows.address(row);
    return switch (rows.format()) {
      case U8 -> dotBytes(at, query, rows.strideBytes()) - bias;
      case U4 -> dotHalves(at, query, rows.strideBytes()) - bias;
      case F32 ->
          rows.comparison() == Comparison.L2
              ? 0
              : dotFloats(at, query, (int) (rows.strideBytes() / Float.BYTES));
    };
  }

  private static float distance(CodeRows rows, int row, float constant, float product, long query) {
    if (rows.comparison() == Comparison.DOT) {
      return -rows.factor(row) * product;
    }
    return rows.format() == Format.F32
        ? squaredDistance(rows.address(row), query, (int) (rows.strideBytes() / Float.BYTES))
        : rows.factor(row) + constant - 2 * product;
  }

  private static int dotBytes(long row, long query, long bytes) {
    IntVector sum = IntVector.zero(IntVector.SPECIES_PREFERRED);
    for (long i = 0; i < bytes; i += STEP) {
      sum = addProducts(sum, Memory.loadBytes(BYTES, row + i), query + i);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static int dotHalves(long row, long query, long bytes) {
    IntVector sum = IntVector.zero(IntVector.SPECIES_PREFERRED);
    for (long block = 0; block < bytes; block += 64) {
      for (int i = 0; i < 64; i += STEP) {
        ByteVector codes = Memory.loadBytes(BYTES, row + block + i);
        long at = query + 2 * block + i;
        sum = addProducts(sum, codes.and((byte) 15), at);
        ByteVector high = codes.lanewise(VectorOperators.LSHR, 4).and((byte) 15);
        sum = addProducts(sum, high, at + 64);
      }
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  /// Adds the products of unsigned codes with the query's signed ones: each fits into 16 bits, the
  /// sum of two does not.
  private static IntVector addProducts(IntVector sum, ByteVector codes, long query) {
    ShortVector x = (ShortVector) codes.convertShape(VectorOperators.ZERO_EXTEND_B2S, SHORTS, 0);
    ShortVector y =
        (ShortVector) Memory.loadBytes(BYTES, query).convertShape(VectorOperators.B2S, SHORTS, 0);
    IntVector pairs = x.mul(y).reinterpretAsInts();
    IntVector even = pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
    return sum.add(even).add(pairs.lanewise(VectorOperators.ASHR, 16));
  }

  private static float dotFloats(long row, long query, int dimension) {
    FloatVector sum = FloatVector.zero(Memory.SPECIES);
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      sum = Memory.load(row, i).fma(Memory.load(query, i), sum);
    }
    float total = sum.reduceLanes(VectorOperators.ADD);
    for (int i = bound; i < dimension; i++) {
      total = Math.fma(Memory.get(row, i), Memory.get(query, i), total);
    }
    return total;
  }

  private static float squaredDistance(long row, long query, int dimension) {
    FloatVector sum = FloatVector.zero(Memory.SPECIES);
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      FloatVector x = Memory.load(row, i).sub(Memory.load(query, i));
      sum = x.fma(x, sum);
    }
    float total = sum.reduceLanes(VectorOperators.ADD);
    for (int i = bound; i < dimension; i++) {
      float x = Memory.get(row, i) - Memory.get(query, i);
      total = Math.fma(x, x, total);
    }
    return total;
  }

  @Override
  public void search(GraphMemory graph, Walk walk, int width) {
    int size = scoreEntries(graph, walk, walk.beam(), Math.min(graph.seeds(), width));
    int undoCount = 0;
    for (int i = 0; i < size; i++) {
      undoCount = see(walk, undoCount, Candidate.ordinal(walk.candidate(i)));
    }
    expand(graph, walk, new Beam(walk.beam(), width, size), undoCount);
  }

  @Override
  public void walk(GraphMemory graph, Walk walk, int starts, int width) {
    int undoCount = 0;
    int count = 0;
    for (int i = 0; i < starts; i++) {
      int row = Memory.getInt(walk.ids() + 4L * i);
      int before = undoCount;
      boolean isNew = !isSeen(walk, row);
      undoCount = see(walk, before, row);
      if (isNew) {
        walk.setId(count++, row);
      }
    }
    Beam beam = new Beam(walk.beam(), width, 0);
    scoreAndOffer(graph.rows(), walk, beam, count);
    expand(graph, walk, beam, undoCount);
  }

  private void expand(GraphMemory graph, Walk walk, Beam beam, int undoBefore) {
    int undoCount = undoBefore;
    for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
      long links = graph.linksOf(node);
      int count = 0;
      for (int i = 0; i < graph.degree(); i++) {
        int row = Memory.getInt(links + 4L * i);
        if (row < 0) {
          break;
        }
        if (!isSeen(walk, row)) {
          undoCount = see(walk, undoCount, row);
          walk.setId(count++, row);
        }
      }
      walk.addHop();
      scoreAndOffer(graph.rows(), walk, beam, count);
    }
    finish(walk, beam, undoCount);
  }

  private void scoreAndOffer(CodeRows rows, Walk walk, Beam beam, int count) {
    score(rows, walk, count);
    for (int i = 0; i < count; i++) {
      beam.offer(Candidate.of(walk.distance(i), Memory.getInt(walk.ids() + 4L * i)));
    }
  }

  private int scoreEntries(GraphMemory graph, Walk walk, long candidates, int width) {
    Beam beam = new Beam(candidates, width, 0);
    for (int from = 0; from < graph.entryCount(); from += Walk.BATCH_MAX) {
      int count = Math.min(Walk.BATCH_MAX, graph.entryCount() - from);
      for (int i = 0; i < count; i++) {
        walk.setId(i, from + i);
      }
      score(graph.entries(), walk, count);
      for (int i = 0; i < count; i++) {
        beam.offer(Candidate.of(walk.distance(i), graph.entryId(from + i)));
      }
    }
    return beam.size;
  }

  @Override
  public void searchPassing(GraphMemory graph, Walk walk, int width, long passing) {
    int starts = scoreEntries(graph, walk, walk.spare(), Math.min(width, STARTS_MAX));
    Beam beam = new Beam(walk.beam(), width, 0);
    Passing gathering = new Passing(graph, walk, passing);
    for (int i = 0; i < starts; i++) {
      long candidate = Memory.getLong(walk.spare() + 8L * i);
      int row = Candidate.ordinal(candidate);
      if (gathering.seeNew(row) && gathering.passes(row)) {
        beam.offer(candidate);
      }
    }
    for (int i = 0; i < starts && beam.size < 4; i++) {
      int row = Candidate.ordinal(Memory.getLong(walk.spare() + 8L * i));
      scoreAndOffer(graph.rows(), walk, beam, gathering.around(row));
    }
    for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
      walk.addHop();
      scoreAndOffer(graph.rows(), walk, beam, gathering.around(node));
    }
    finish(walk, beam, gathering.undoCount);
  }

  /// Gathers passing rows around nodes. Owned by one walk.
  private static final class Passing {
    private final GraphMemory graph;
    private final Walk walk;
    private final long passing;
    private int undoCount;

    Passing(GraphMemory graph, Walk walk, long passing) {
      this.graph = graph;
      this.walk = walk;
      this.passing = passing;
    }

    boolean passes(int row) {
      return (Memory.getLong(passing + (row >>> 6) * 8L) & 1L << row) != 0;
    }

    boolean seeNew(int row) {
      if (isSeen(walk, row)) {
        return false;
      }
      undoCount = see(walk, undoCount, row);
      return true;
    }

    /// Unseen passing neighbours, and through those that fail, theirs; into the walk's ids.
    int around(int node) {
      long links = graph.linksOf(node);
      int degree = graph.degree();
      int count = 0;
      // Those that fail wait at the end of the ids.
      int failing = Walk.BATCH_MAX;
      for (int i = 0; i < degree; i++) {
        int row = Memory.getInt(links + 4L * i);
        if (row < 0) {
          break;
        }
        if (seeNew(row)) {
          if (passes(row)) {
            walk.setId(count++, row);
          } else {
            walk.setId(--failing, row);
          }
        }
      }
      for (int i = Walk.BATCH_MAX - 1; i >= failing && count < degree; i--) {
        long further = graph.linksOf(Memory.getInt(walk.ids() + 4L * i));
        for (int j = 0; j < degree && count < degree; j++) {
          int row = Memory.getInt(further + 4L * j);
          if (row < 0) {
            break;
          }
          if (passes(row) && seeNew(row)) {
            walk.setId(count++, row);
          }
        }
      }
      return count;
    }
  }

  @Override
  public void scanPassing(CodeRows rows, Walk walk, int width, long passing, long words) {
    Beam beam = new Beam(walk.beam(), width, 0);
    int count = 0;
    for (long word = 0; word < words; word++) {
      for (long bits = Memory.getLong(passing + 8 * word); bits != 0; bits &= bits - 1) {
        walk.setId(count++, (int) (64 * word) + Long.numberOfTrailingZeros(bits));
        if (count == Walk.BATCH_MAX) {
          scoreAndOffer(rows, walk, beam, count);
          count = 0;
        }
      }
    }
    scoreAndOffer(rows, walk, beam, count);
    walk.setSize(beam.size);
  }

  @Override
  public void scanListed(CodeRows rows, Walk walk, int width, long listed, int count) {
    Beam beam = new Beam(walk.beam(), width, 0);
    int batch;
    for (int from = 0; from < count; from += batch) {
      batch = Math.min(Walk.BATCH_MAX, count - from);
      Memory.move(listed + 4L * from, walk.ids(), 4L * batch);
      scoreAndOffer(rows, walk, beam, batch);
    }
    walk.setSize(beam.size);
  }

  @Override
  public int select(CodeRows rows, Walk walk, int count, int max, float alpha) {
    int chosen = 0;
    int refused = 0;
    int i = 0;
    for (; i < count && chosen < max; i++) {
      long marked = walk.candidate(i);
      long candidate = marked & ~Candidate.MARK;
      boolean isSettled = (marked & Candidate.MARK) != 0;
      if (isNearerToOne(rows, walk, candidate, isSettled, chosen, alpha)) {
        Memory.setLong(walk.spare() + 8L * refused++, candidate);
      } else {
        // Settled ones keep their mark until the end, so that the fresh ones are known.
        walk.setCandidate(chosen++, marked);
      }
    }
    for (int j = 0; j < chosen; j++) {
      walk.setCandidate(j, walk.candidate(j) & ~Candidate.MARK);
    }
    for (int j = 0; j < refused; j++) {
      walk.setCandidate(chosen + j, Memory.getLong(walk.spare() + 8L * j));
    }
    for (; i < count; i++) {
      walk.setCandidate(i, walk.candidate(i) & ~Candidate.MARK);
    }
    return chosen;
  }

  private boolean isNearerToOne(
      CodeRows rows, Walk walk, long candidate, boolean isSettled, int chosen, float alpha) {
    int count = 0;
    for (int i = 0; i < chosen; i++) {
      long other = walk.candidate(i);
      if (!isSettled || (other & Candidate.MARK) == 0) {
        walk.setId(count++, Candidate.ordinal(other));
      }
    }
    if (count == 0) {
      return false;
    }
    load(rows, Candidate.ordinal(candidate), walk);
    score(rows, walk, count);
    float length = Candidate.distance(candidate);
    for (int i = 0; i < count; i++) {
      if (alpha * walk.distance(i) < length) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void scoreFloats(Metric metric, VectorRows rows, Walk walk, int count) {
    long query = walk.floats();
    int dimension = rows.dimension();
    for (int i = 0; i < count; i++) {
      long row = rows.address(Memory.getInt(walk.ids() + 4L * i));
      float distance =
          switch (metric) {
            case L2 -> squaredDistance(row, query, dimension);
            case DOT -> -dotFloats(row, query, dimension);
            case COSINE ->
                (float)
                    (-dotFloats(row, query, dimension) / Math.sqrt(dotFloats(row, row, dimension)));
          };
      Memory.setFloat(walk.distances(), i, distance);
    }
  }

  private static boolean isSeen(Walk walk, int row) {
    return (Memory.getLong(walk.visited() + (row >>> 6) * 8L) & 1L << row) != 0;
  }

  /// Marks a row as seen.
  ///
  /// @return how many words are to be cleared
  private static int see(Walk walk, int undoCount, int row) {
    long at = walk.visited() + (row >>> 6) * 8L;
    long word = Memory.getLong(at);
    Memory.setLong(at, word | 1L << row);
    if (word != 0) {
      return undoCount;
    }
    Memory.setInt(walk.undo() + 4L * undoCount, row >>> 6);
    return undoCount + 1;
  }

  private static void finish(Walk walk, Beam beam, int undoCount) {
    for (int i = 0; i < beam.size; i++) {
      walk.setCandidate(i, walk.candidate(i) & ~Candidate.MARK);
    }
    walk.setSize(beam.size);
    for (int i = 0; i < undoCount; i++) {
      int word = Memory.getInt(walk.undo() + 4L * i);
      Memory.setLong(walk.visited() + 8L * word, 0);
    }
  }

  /// The nearest candidates, sorted, each marked once it was expanded. Owned by one walk.
  private static final class Beam {
    private final long candidates;
    private final int width;
    private int size;

    /// No candidate before this index waits to be expanded.
    private int cursor;

    Beam(long candidates, int width, int size) {
      this.candidates = candidates;
      this.width = width;
      this.size = size;
    }

    private long get(int index) {
      return Memory.getLong(candidates + 8L * index);
    }

    void offer(long candidate) {
      if (size == width) {
        if (candidate >= get(size - 1)) {
          return;
        }
        size--;
      }
      int low = 0;
      int high = size;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (get(middle) < candidate) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      long at = candidates + 8L * low;
      Memory.move(at, at + 8, 8L * (size - low));
      Memory.setLong(at, candidate);
      size++;
      cursor = Math.min(cursor, low);
    }

    int expandNext() {
      while (cursor < size && (get(cursor) & Candidate.MARK) != 0) {
        cursor++;
      }
      if (cursor == size) {
        return -1;
      }
      long candidate = get(cursor);
      Memory.setLong(candidates + 8L * cursor++, candidate | Candidate.MARK);
      return Candidate.ordinal(candidate);
    }
  }
}
