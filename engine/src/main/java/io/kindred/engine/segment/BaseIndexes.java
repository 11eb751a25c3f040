package io.kindred.engine.segment;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.hnsw.HnswBuilder;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.index.FlatIndex;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Presence;
import io.kindred.engine.ivf.IvfBuilder;
import io.kindred.engine.ivf.IvfFile;
import io.kindred.engine.ivf.IvfIndex;
import io.kindred.engine.ivf.IvfPlan;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Builds the partitions and the vector indexes of a new base. Owned by one thread.
final class BaseIndexes {
  /// Partitions of as many linked rows get a graph of their own: below, comparing all of their
  /// codes takes little longer than a walk.
  private static final int PARTITION_ROWS_MIN = 8_192;

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
          // One whose file was damaged has no graph to carry over.
          HnswIndex old =
              previous != null && previous.index(field) instanceof HnswIndex index ? index : null;
          buildHnsw(field, spec, old, fromPrevious);
        }
        case IndexSpec.Ivf spec -> {
          if (base.vectorCount(field) < IvfPlan.rowsNeeded(spec)) {
            base.setIndex(field, withoutLists(base, field, schema, spec));
          } else {
            IvfBuilder.Older older =
                previous != null && previous.index(field) instanceof IvfIndex index
                    ? new IvfBuilder.Older(index, fromPrevious.segment())
                    : null;
            buildIvf(field, spec, older);
          }
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

  /// The index of a field with too few rows for lists.
  static FlatIndex withoutLists(Base base, int field, Schema schema, IndexSpec.Ivf spec) {
    int count = base.vectorCount(field);
    return new FlatIndex(
        schema.vectorSpec(field).metric(),
        base.vectors(field),
        base.size(),
        count,
        IvfPlan.parametersWithoutLists(spec, count));
  }

  private void buildIvf(int field, IndexSpec.Ivf spec, IvfBuilder.@Nullable Older older) {
    VectorSpec vector = schema.vectorSpec(field);
    IvfBuilder.Input input =
        new IvfBuilder.Input(
            vector.metric(), base.vectors(field), base.size(), base.presence(field), spec);
    try (ExecutorService executor = Executors.newFixedThreadPool(plan.threads());
        IvfBuilder builder = new IvfBuilder(input, executor, plan.threads(), older);
        Arena whileBuilding = Arena.ofShared()) {
      BaseManifest.Part graph = null;
      if (spec instanceof IndexSpec.IvfHnswPq withGraph) {
        String role = BaseManifest.indexCentroids(field);
        graph = write(role, HnswIndex.FORMAT, file -> builder.writeGraph(file, withGraph.graph()));
        builder.useGraph(openGraph(graph, builder, vector, whileBuilding));
      }
      BaseManifest.Part lists = write(BaseManifest.index(field), IvfFile.FORMAT, builder::write);
      BaseFiles.IndexPart part = new BaseFiles.IndexPart(field, vector, lists);
      IvfIndex index = BaseFiles.openIvf(plan.disk(), plan.directory(), base, part, graph);
      base.addIndex(field, index, lists);
      if (graph != null) {
        base.addIndex(field, index, graph);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("index build").initCause(e);
    }
  }

  private HnswIndex openGraph(
      BaseManifest.Part part, IvfBuilder builder, VectorSpec vector, Arena arena) {
    Path path = BaseManifest.file(plan.directory(), plan.number(), part.role());
    SealedFile file = SealedFile.open(plan.disk(), path, HnswIndex.FORMAT, arena);
    return HnswIndex.open(
        file,
        IvfFile.centroidMetric(vector.metric()),
        builder.centroids(),
        builder.listCount(),
        arena);
  }

  /// Writes a payload.
  private interface Payload {
    void write(SealedFile.Writer file) throws InterruptedException;
  }

  private BaseManifest.Part write(String role, SealedFile.Format format, Payload payload)
      throws InterruptedException {
    Path path = BaseManifest.file(plan.directory(), plan.number(), role);
    try (SealedFile.Writer writer = SealedFile.create(plan.disk(), path, format)) {
      payload.write(writer);
      long sizeBytes = writer.position();
      return new BaseManifest.Part(role, writer.seal(), sizeBytes);
    }
  }

  private void buildHnsw(
      int field, IndexSpec.Hnsw spec, @Nullable HnswIndex old, OrdinalMap fromOld) {
    VectorSpec vector = schema.vectorSpec(field);
    String role = BaseManifest.index(field);
    Path path = BaseManifest.file(plan.directory(), plan.number(), role);
    HnswBuilder.Input input =
        new HnswBuilder.Input(
            vector.metric(),
            base.vectors(field),
            base.size(),
            base.presence(field),
            spec,
            largePartitions(field));
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

  private List<OrdinalList> largePartitions(int field) {
    List<OrdinalList> large = new ArrayList<>();
    Partitions partitions = base.partitions();
    int count = partitions == null ? 0 : partitions.count();
    for (int number = 0; partitions != null && number < count; number++) {
      if (partitions.rowCount(number) >= PARTITION_ROWS_MIN) {
        OrdinalList rows = partitions.rows(number);
        if (linkedCount(rows, base.presence(field)) >= PARTITION_ROWS_MIN) {
          large.add(rows);
        }
      }
    }
    return large;
  }

  private static int linkedCount(OrdinalList rows, Presence presence) {
    int linked = 0;
    for (int i = 0; i < rows.count(); i++) {
      linked += presence.has(rows.get(i)) ? 1 : 0;
    }
    return linked;
  }
}
