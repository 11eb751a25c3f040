package io.kindred.app.bulk;

import io.kindred.app.bulk.ImportListener.ImportedFile;
import io.kindred.app.bulk.ImportPlan.Source;
import io.kindred.app.rows.DamagedFileException;
import io.kindred.app.rows.DraftRow;
import io.kindred.app.rows.IdLines;
import io.kindred.app.rows.RowFile;
import io.kindred.app.rows.RowItem;
import io.kindred.app.rows.RowReader;
import io.kindred.app.tables.Tables;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Loads files into one table: reads, binds and sends batches, and writes down what was rejected.
/// Memory is bounded whatever a file's size: a head of 1,000 rows while a table is told from it,
/// and then a few batches. Owned by one thread.
public final class Importer {
  /// Rows from which a new table is told.
  private static final int HEAD_ROWS = 1_000;

  public static final Metric DEFAULT_METRIC = Metric.DOT;
  public static final String DEFAULT_VECTOR_FIELD = "embedding";

  private final Tables tables;
  private final ImportPlan plan;
  private final ImportListener listener;
  private final String operation = "import-" + UUID.randomUUID() + "-";
  private long batches;
  private long numbered;

  public Importer(Tables tables, ImportPlan plan, ImportListener listener) {
    this.tables = tables;
    this.plan = plan;
    this.listener = listener;
  }

  /// Loads all files, one after the other.
  ///
  /// @throws KindredException where the store refuses more than single rows
  /// @throws IOException where a file cannot be opened
  public List<ImportedFile> run() throws IOException {
    List<ImportedFile> results = new ArrayList<>();
    for (Source source : plan.files()) {
      listener.started(source.path());
      try (Ids ids = Ids.of(plan.ids());
          RowReader reader = open(source);
          Rejects rejects = Rejects.of(source.path(), reader.placeName())) {
        Load load = new Load(reader, ids, rejects);
        ImportedFile result = load.run(source);
        numbered += load.items;
        listener.finished(result);
        results.add(result);
      }
    }
    return results;
  }

  private RowReader open(Source source) throws IOException {
    Optional<TableSpec> known = tables.find(plan.table());
    Set<String> vectorFields = known.map(spec -> spec.vectors().keySet()).orElse(Set.of());
    String given = plan.vectorField();
    String vectorField = DEFAULT_VECTOR_FIELD;
    if (given != null) {
      vectorField = given;
      if (known.isEmpty()) {
        vectorFields = Set.of(given);
      }
    } else if (vectorFields.size() == 1) {
      vectorField = vectorFields.iterator().next();
    }
    return new RowFile(source.path(), source.format(), vectorField, vectorFields).open();
  }

  /// Checks an existing table against what the user said and what the file declares.
  private void check(TableSpec spec, RowReader reader) {
    if (plan.key() != null && plan.key() != spec.key()) {
      throw differs("--key", plan.key(), spec.key());
    }
    for (VectorSpec vector : spec.vectors().values()) {
      if (plan.metric() != null && plan.metric() != vector.metric()) {
        throw differs("--metric", plan.metric(), vector.metric());
      }
      IndexSpec wanted = plan.index();
      if (wanted != null && wanted.getClass() != vector.index().getClass()) {
        throw differs(
            "--index",
            wanted.getClass().getSimpleName(),
            vector.index().getClass().getSimpleName());
      }
    }
    for (String field : reader.declaredFields().keySet()) {
      if (!spec.fields().containsKey(field)) {
        throw KindredException.of(
            ErrorCode.UNKNOWN_FIELD,
            "column",
            field,
            "a field of table " + spec.name() + ": " + String.join(", ", spec.fields().keySet()));
      }
    }
  }

  private KindredException differs(String what, Object given, Object actual) {
    return KindredException.of(
        ErrorCode.INVALID_ARGUMENT,
        what,
        given.toString().toLowerCase(java.util.Locale.ROOT),
        actual.toString().toLowerCase(java.util.Locale.ROOT)
            + ", as table "
            + plan.table()
            + " is");
  }

  /// The load of one file. Owned by the importing thread.
  private final class Load {
    private final RowReader reader;
    private final Ids ids;
    private final Rejects rejects;
    private final Pipeline pipeline;
    private Batch batch = nextBatch();
    private long items;
    private long stored;
    private @Nullable String problem;

    Load(RowReader reader, Ids ids, Rejects rejects) {
      this.reader = reader;
      this.ids = ids;
      this.rejects = rejects;
      this.pipeline = new Pipeline(tables, plan.table(), this::stored, listener::waiting);
    }

    ImportedFile run(Source source) throws IOException {
      List<RowItem> head = new ArrayList<>();
      Optional<TableSpec> known = tables.find(plan.table());
      if (known.isEmpty()) {
        readHead(head);
      }
      TableSpec spec = known.isPresent() ? known.get() : create(head);
      check(spec, reader);
      RowBinder binder = new RowBinder(spec, reader.typing(), numbered);
      for (RowItem item : head) {
        add(item, binder);
      }
      for (RowItem item = next(); item != null; item = next()) {
        add(item, binder);
      }
      flush();
      pipeline.drain();
      if (problem == null) {
        problem = ids.surplus(items);
      }
      return new ImportedFile(source.path(), stored, rejects.count(), rejects.path(), problem);
    }

    private void readHead(List<RowItem> head) throws IOException {
      RowItem item = head.size() < HEAD_ROWS ? next() : null;
      while (item != null) {
        head.add(item);
        item = head.size() < HEAD_ROWS ? next() : null;
      }
    }

    private TableSpec create(List<RowItem> head) throws IOException {
      Metric metric = plan.metric();
      IndexSpec index = plan.index();
      NewTable table =
          new NewTable(
              plan.table(),
              plan.key(),
              metric == null ? DEFAULT_METRIC : metric,
              index == null ? IndexSpec.Hnsw.DEFAULT : index);
      List<DraftRow> rows = new ArrayList<>();
      for (RowItem item : head) {
        if (item instanceof DraftRow row) {
          rows.add(row);
        }
      }
      if (rows.isEmpty() && problem != null) {
        throw new DamagedFileException(problem);
      }
      TableSpec spec = TableGuess.of(table, reader, rows);
      tables.create(spec);
      listener.created(spec);
      return spec;
    }

    /// The next row, or null at the end, which is also where nothing further can be read.
    private @Nullable RowItem next() throws IOException {
      if (problem != null) {
        return null;
      }
      try {
        RowItem item = reader.next();
        if (item != null) {
          items++;
          item = ids.attach(item);
        }
        return item;
      } catch (DamagedFileException e) {
        problem = e.getMessage();
        return null;
      }
    }

    private void add(RowItem item, RowBinder binder) throws IOException {
      switch (item) {
        case RowItem.Malformed malformed -> batch.add(malformed);
        case DraftRow row -> {
          try {
            batch.add(row.place(), binder.bind(row));
          } catch (KindredException e) {
            batch.add(new RowItem.Malformed(row.place(), String.valueOf(e.getMessage())));
          }
        }
      }
      if (batch.isFull()) {
        flush();
      }
    }

    private void flush() throws IOException {
      if (batch.hasRows()) {
        pipeline.send(batch);
      } else if (!batch.isEmpty()) {
        pipeline.drain();
        writeRejects(batch, List.of());
      }
      batch = nextBatch();
    }

    private Batch nextBatch() {
      return new Batch(operation + batches++);
    }

    private void stored(Batch sent, WriteResult result) throws IOException {
      stored += result.applied() + result.stale();
      writeRejects(sent, result.rejected());
      listener.progressed(stored, done());
    }

    /// Both kinds in the order of their places.
    private void writeRejects(Batch sent, List<WriteResult.Rejection> refused) throws IOException {
      List<RowItem.Malformed> all = new ArrayList<>(sent.malformed());
      for (WriteResult.Rejection rejection : refused) {
        all.add(new RowItem.Malformed(sent.place(rejection.index()), rejection.message()));
      }
      all.sort(java.util.Comparator.comparingLong(RowItem::place));
      for (RowItem.Malformed reject : all) {
        rejects.add(reject.place(), reject.reason());
      }
    }

    private OptionalDouble done() {
      OptionalLong length = reader.length();
      return length.isPresent() && length.getAsLong() > 0
          ? OptionalDouble.of((double) reader.progress() / length.getAsLong())
          : OptionalDouble.empty();
    }
  }

  /// The keys from a file of their own, if there is one. Owned by the importing thread.
  private record Ids(@Nullable IdLines lines) implements AutoCloseable {
    static Ids of(java.nio.file.@Nullable Path path) throws IOException {
      return new Ids(path == null ? null : IdLines.open(path));
    }

    RowItem attach(RowItem item) throws IOException {
      if (lines == null) {
        return item;
      }
      String id = lines.next();
      return switch (item) {
        case RowItem.Malformed malformed -> malformed;
        case DraftRow row when id == null ->
            new RowItem.Malformed(row.place(), "no id: the file of ids ends before this row");
        case DraftRow row -> row.withId(id);
      };
    }

    /// What is wrong where there are more ids than rows.
    @Nullable String surplus(long rows) throws IOException {
      if (lines == null || lines.next() == null) {
        return null;
      }
      return "ids: more than "
          + rows
          + " lines (expected: one for each row; the rows are stored under the first ones)";
    }

    @Override
    public void close() throws IOException {
      if (lines != null) {
        lines.close();
      }
    }
  }
}
