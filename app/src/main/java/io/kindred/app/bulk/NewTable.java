package io.kindred.app.bulk;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import org.jspecify.annotations.Nullable;

/// What a user said about a table that an import may have to create. Immutable.
///
/// @param key the type of its keys, or null to tell it from the file
record NewTable(String name, @Nullable KeyType key, Metric metric, IndexSpec index) {}
