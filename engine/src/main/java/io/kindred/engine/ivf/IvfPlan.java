package io.kindred.engine.ivf;

import io.kindred.engine.IndexSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/// How many lists a number of rows is worth. Stateless.
public final class IvfPlan {
  /// Rows of a list, on average, below which centroids are no clusters.
  private static final int ROWS_PER_LIST_MIN = 32;

  /// Below so many, comparing all is as quick.
  private static final int ROWS_MIN = 1_000;

  private static final double LISTS_PER_ROOT = 4;

  private IvfPlan() {}

  /// Rows with a vector from which on lists are built; below, all rows are compared.
  public static int rowsNeeded(IndexSpec.Ivf spec) {
    return Math.max(ROWS_MIN, ROWS_PER_LIST_MIN * spec.lists());
  }

  /// What table information says of an index that has too few rows for lists.
  public static Map<String, String> parametersWithoutLists(IndexSpec.Ivf spec, int rows) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("lists", "0");
    parameters.put("search", "exact: too few rows for lists");
    parameters.put("rows", Integer.toString(rows));
    parameters.put("rows_needed", Integer.toString(rowsNeeded(spec)));
    return parameters;
  }

  /// Lists for so many rows: as many as asked for, or four times the root of the rows, but none
  /// with too few of them.
  static int listCount(IndexSpec.Ivf spec, int rows) {
    if (spec.lists() > 0) {
      return spec.lists();
    }
    long byRoot = Math.round(LISTS_PER_ROOT * Math.sqrt(rows));
    return Math.clamp(byRoot, 1, Math.max(1, rows / ROWS_PER_LIST_MIN));
  }

  /// Codes of a row.
  static int components(IndexSpec.Ivf spec, int dimension) {
    int subspaces =
        switch (spec) {
          case IndexSpec.IvfFlat _ -> dimension;
          case IndexSpec.IvfPq pq -> pq.subspaces();
          case IndexSpec.IvfHnswPq pq -> pq.subspaces();
        };
    return subspaces > 0 ? subspaces : (dimension + 1) / 2;
  }
}
