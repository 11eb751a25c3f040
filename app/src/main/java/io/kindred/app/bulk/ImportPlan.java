package io.kindred.app.bulk;

import io.kindred.app.rows.FileFormat;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to load, and into what. Immutable; null stands for "not said".
///
/// @param key expected of the table, or given to a new one
/// @param metric likewise
/// @param index likewise
/// @param vectorField the vector field that files without names for vectors are loaded into
/// @param ids the keys of the only file
public record ImportPlan(
    List<Source> files,
    String table,
    @Nullable KeyType key,
    @Nullable Metric metric,
    @Nullable IndexSpec index,
    @Nullable String vectorField,
    @Nullable Path ids) {

  /// A file to load.
  public record Source(Path path, FileFormat format) {}

  public ImportPlan {
    files = List.copyOf(files);
  }
}
