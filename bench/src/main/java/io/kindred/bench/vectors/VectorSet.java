package io.kindred.bench.vectors;

import io.kindred.engine.Metric;
import java.nio.file.Path;

/// Rows to index and queries that belong to them, as fvecs files. Immutable.
public record VectorSet(String name, Path base, Path queries, Metric metric) {}
