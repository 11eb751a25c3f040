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
    if (rows.format() == Format.U8) {
      JavaByteScores.score(rows, walk, count);
      walk.addScored(count);
      return;
    }
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
      case U8 -> throw new IllegalArgumentException("bytes are compared four rows at a time");
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
    JavaBeam beam = new JavaBeam(walk.beam(), Math.min(graph.seeds(), width));
    scoreEntries(graph, walk, beam);
    beam.setWidth(width);
    JavaSeen seen = new JavaSeen(walk);
    for (int i = 0; i < beam.size(); i++) {
      seen.add(beam.ordinal(i));
    }
    expand(graph, walk, beam, seen);
  }

  @Override
  public void walk(GraphMemory graph, Walk walk, int starts, int width) {
    JavaSeen seen = new JavaSeen(walk);
    int count = 0;
    for (int i = 0; i < starts; i++) {
      if (seen.add(walk.id(i))) {
        walk.setId(count++, walk.id(i));
      }
    }
    JavaBeam beam = new JavaBeam(walk.beam(), width);
    scoreAndOffer(graph.rows(), walk, beam, count);
    expand(graph, walk, beam, seen);
  }

  private void expand(GraphMemory graph, Walk walk, JavaBeam beam, JavaSeen seen) {
    for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
      scoreAndOffer(graph.rows(), walk, beam, gather(graph, walk, node, seen));
    }
    finish(walk, beam, seen);
  }

  /// Unseen neighbours of a node, into the walk's ids.
  static int gather(GraphMemory graph, Walk walk, int node, JavaSeen seen) {
    long links = graph.linksOf(node);
    long ids = walk.ids();
    int count = 0;
    for (int i = 0; i < graph.degree(); i++) {
      int row = Memory.getInt(links + 4L * i);
      if (row < 0) {
        break;
      }
      if (seen.add(row)) {
        Memory.setInt(ids + 4L * count++, row);
      }
    }
    walk.addHop();
    return count;
  }

  void scoreAndOffer(CodeRows rows, Walk walk, JavaBeam beam, int count) {
    score(rows, walk, count);
    float farthest = beam.farthest();
    for (int i = 0; i < count; i++) {
      float distance = walk.distance(i);
      if (distance <= farthest) {
        beam.offer(Candidate.of(distance, walk.id(i)));
        farthest = beam.farthest();
      }
    }
  }

  /// Compares entries from one on.
  ///
  /// @return how many, whose distances are the walk's
  int scoreEntries(GraphMemory graph, Walk walk, int from) {
    int count = Math.min(Walk.BATCH_MAX, graph.entryCount() - from);
    for (int i = 0; i < count; i++) {
      walk.setId(i, from + i);
    }
    score(graph.entries(), walk, count);
    return count;
  }

  /// Offers all entries.
  void scoreEntries(GraphMemory graph, Walk walk, JavaBeam beam) {
    int count;
    for (int from = 0; from < graph.entryCount(); from += count) {
      count = scoreEntries(graph, walk, from);
      for (int i = 0; i < count; i++) {
        beam.offer(Candidate.of(walk.distance(i), graph.entryId(from + i)));
      }
    }
  }

  @Override
  public void searchPassing(GraphMemory graph, Walk walk, int width, long passing) {
    new JavaPassingWalk(this, graph, walk, passing).around(width);
  }

  @Override
  public int searchThrough(
      GraphMemory graph, Walk walk, int width, long passing, float least, float wanted) {
    return new JavaPassingWalk(this, graph, walk, passing).through(width, least, wanted);
  }

  @Override
  public int passingEntries(GraphMemory graph, Walk walk, int count, long passing) {
    return new JavaPassingWalk(this, graph, walk, passing).amongEntries(count);
  }

  @Override
  public void scanPassing(CodeRows rows, Walk walk, int width, long passing, long words) {
    JavaBeam beam = new JavaBeam(walk.beam(), width);
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
    walk.setSize(beam.size());
  }

  @Override
  public void scanListed(CodeRows rows, Walk walk, int width, long listed, int count) {
    JavaBeam beam = new JavaBeam(walk.beam(), width);
    int batch;
    for (int from = 0; from < count; from += batch) {
      batch = Math.min(Walk.BATCH_MAX, count - from);
      Memory.move(listed + 4L * from, walk.ids(), 4L * batch);
      scoreAndOffer(rows, walk, beam, batch);
    }
    walk.setSize(beam.size());
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

  static void finish(Walk walk, JavaBeam beam, JavaSeen seen) {
    for (int i = 0; i < beam.size(); i++) {
      walk.setCandidate(i, walk.candidate(i) & ~Candidate.MARK);
    }
    walk.setSize(beam.size());
    seen.clear();
  }
}
