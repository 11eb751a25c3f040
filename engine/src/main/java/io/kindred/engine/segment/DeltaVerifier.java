package io.kindred.engine.segment;

import io.kindred.engine.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks restored deltas, each for itself and against the older parts. Owned by one thread.
public final class DeltaVerifier {
  private final Schema schema;
  private final @Nullable Base base;
  private final List<Delta> deltas;
  private final BaseVerifier.Origin origin;

  /// @param deltas the older first
  public DeltaVerifier(
      Schema schema, @Nullable Base base, List<Delta> deltas, BaseVerifier.Origin origin) {
    this.schema = schema;
    this.base = base;
    this.deltas = deltas;
    this.origin = origin;
  }

  /// The first thing that is wrong, or null.
  public @Nullable String problem() {
    for (int i = 0; i < deltas.size(); i++) {
      Delta delta = deltas.get(i);
      String problem = imageProblem(delta);
      if (problem == null) {
        problem = keyProblem(delta, deltas.subList(0, i));
      }
      for (int field = 0; field < schema.vectorCount() && problem == null; field++) {
        problem = vectorProblem(delta, field);
      }
      if (problem != null) {
        return "delta " + i + ": " + problem;
      }
    }
    return null;
  }

  private @Nullable String imageProblem(Delta delta) {
    RowVerifier rows = new RowVerifier(schema, origin.positionMax());
    long next = 0;
    for (int ordinal = 0; ordinal < delta.size(); ordinal++) {
      long offset = delta.images().offset(ordinal);
      if (offset != next) {
        return "row %d at %d (expected: %d)".formatted(ordinal, offset, next);
      }
      String problem = rows.problem(delta.images().rows(), offset);
      if (problem != null) {
        return "row " + ordinal + ": " + problem;
      }
      next += rows.lengthBytes();
    }
    return next == delta.rowBytes()
        ? null
        : "rows end at " + next + " (expected: " + delta.rowBytes() + ")";
  }

  private @Nullable String keyProblem(Delta delta, List<Delta> older) {
    RowCursor row = new RowCursor(schema);
    for (int ordinal = 0; ordinal < delta.size(); ordinal++) {
      delta.read(ordinal, row);
      byte[] textKey = row.textKey();
      long slotKey = row.slotKey(textKey);
      if (KeyHash.shard(slotKey, origin.shards()) != origin.shard()) {
        return "key " + row.key() + " is another shard's";
      }
      if (delta.find(slotKey, textKey) != ordinal && !delta.isDead(ordinal)) {
        return "key " + row.key() + " is alive twice";
      }
      if (isAlive(base, slotKey, textKey)
          || older.stream().anyMatch(rows -> isAlive(rows, slotKey, textKey))) {
        return "key " + row.key() + " is alive in an older part too";
      }
    }
    return null;
  }

  private static boolean isAlive(@Nullable Rows rows, long slotKey, byte @Nullable [] textKey) {
    int ordinal = rows == null ? -1 : rows.find(slotKey, textKey);
    return rows != null && ordinal >= 0 && !rows.isDead(ordinal);
  }

  private @Nullable String vectorProblem(Delta delta, int field) {
    boolean isCosine = schema.vectorSpec(field).metric() == Metric.COSINE;
    for (int ordinal = 0; ordinal < delta.size(); ordinal++) {
      VectorVerifier.Content content = VectorVerifier.content(delta.vectors(field), ordinal);
      if (!content.fits(delta.hasVector(field, ordinal), isCosine)) {
        return "row " + ordinal + ": " + content + " vector of field " + schema.vectorName(field);
      }
    }
    return null;
  }
}
