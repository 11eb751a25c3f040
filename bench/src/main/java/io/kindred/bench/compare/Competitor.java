package io.kindred.bench.compare;

import io.kindred.bench.vectors.VectorSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// One engine with its settings, that is run in turn with others. Immutable.
///
/// @param label tells it from the others, in tables and charts
/// @param isKindred else a peer
/// @param environment added to this process's
/// @param command measures a set and prints a JSON object a line
record Competitor(
    String label,
    boolean isKindred,
    Map<String, String> environment,
    Function<VectorSet, List<String>> command) {}
