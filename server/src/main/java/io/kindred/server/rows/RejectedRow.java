package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import org.jspecify.annotations.Nullable;

/// Why one row of a batch was refused. Immutable.
///
/// @param index within the request, from 0
/// @param id null where the row had none that can be read
public record RejectedRow(int index, @Nullable Key id, ErrorCode code, String message) {}
