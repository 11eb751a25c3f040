package io.kindred.engine.catalog;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;

/// What applying a change did. Immutable.
public sealed interface CatalogOutcome {
  record Created(TableEntry table) implements CatalogOutcome {}

  record Dropped(TableEntry table) implements CatalogOutcome {}

  record Refused(ErrorCode code, String message) implements CatalogOutcome {
    public KindredException asException() {
      return new KindredException(code, message);
    }
  }
}
