package io.kindred.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows in key order. Immutable.
///
/// @param next the key after which the next page starts, or null at the end
public record ScanPage(List<StoredRow> rows, @Nullable Key next) {}
