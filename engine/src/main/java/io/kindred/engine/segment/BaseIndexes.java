package io.kindred.engine.segment;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.FlatIndex;
import io.kindred.engine.index.HnswBuilder;
import io.kindred.engine.index.HnswIndex;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Builds the partitions and the vector indexes of a new base. Owned by one thread.
final class BaseIndexes {
  private final Base base;
  private final Schema schema;
  private final Fold.Plan plan;

  BaseIndexes(Base base, Schema schema, Fold.Plan plan) {
    this.base = base;
    this.schema = schema;
    this.plan = plan;
  }

  /// Writes which rows have which value of the table's `partition_by` field, where it has one.
  void buildPartitions() {
    int field = schema.partitionField();
    if (field < 0) {
      return;
    }
    String role = BaseManifest.PARTITIONS;
    Path path = BaseManifest.file(plan.directory(), plan.number(), role);
    BaseManifest.Part part;
    try (SealedFile.Writer writer = SealedFile.create(plan.disk(), path, Partitions.FORMAT)) {
      Partitions.write(base, schema, field, writer);
      long sizeBytes = writer.position();
      part = new BaseManifest.Part(role, writer.seal(), sizeBytes);
    }
    base.addPartitions(BaseFiles.openPartitions(plan.disk(), path, base, schema, part), part);
  }

  /// Builds the index of every vector field and gives it to the base.
  ///
  /// @param previous the base that this one replaces, whose graphs are carried over; or null
  /// @param fromPrevious where its rows are in this base
  /// @throws CancellationException when the thread is interrupted
  void build(@Nullable Base previous, OrdinalMap fromPrevious) {
    for (int field = 0; field < schema.vectorCount(); field++) {
      switch (schema.vectorSpec(field).index()) {
        case IndexSpec.Flat _ -> base.setIndex(field, flat(base, field, schema));
        case IndexSpec.Hnsw spec -> {
          HnswIndex old = previous == null ? null : (HnswIndex) previous.index(field);
          buildHnsw(field, spec, old, fromPrevious);
        }
      }
    }
  }

  static FlatIndex flat(Base base, int field, Schema schema) {
    return new FlatIndex(
        schema.vectorSpec(field).metric(),
        base.vectors(field),
        base.size(),
        base.vectorCount(field));
  }

  private void buildHnsw(
      int field, IndexSpec.Hnsw spec, @Nullable HnswIndex old, OrdinalMap fromOld) {
    VectorSpec vector = schema.vectorSpec(field);
    String role = BaseManifest.index(field);
    Path path = BaseManifest.file(plan.directory(), plan.number(), role);
    HnswBuilder.Input input =
        new HnswBuilder.Input(
            vector.metric(), base.vectors(field), base.size(), base.presence(field), spec);
    BaseManifest.Part part;
    try (ExecutorService executor = Executors.newFixedThreadPool(plan.threads());
        SealedFile.Writer writer = SealedFile.create(plan.disk(), path, HnswIndex.FORMAT)) {
      HnswBuilder builder = new HnswBuilder(input, executor, plan.threads());
      if (old == null) {
        builder.build(writer);
      } else {
        builder.fold(old, fromOld.segment(), writer);
      }
      long sizeBytes = writer.position();
      part = new BaseManifest.Part(role, writer.seal(), sizeBytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("index build").initCause(e);
    }
    BaseFiles.IndexPart index = new BaseFiles.IndexPart(field, vector, part);
    base.addIndex(field, BaseFiles.openHnsw(plan.disk(), path, base, index), part);
  }
}
