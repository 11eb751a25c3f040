package io.kindred.engine.catalog;

import io.kindred.engine.TableSpec;

/// A table as the catalog holds it. Immutable.
///
/// @param id the log position of its creation, and so never reused
/// @param revision the log position of the last change of this entry
/// @param version number of the live version
public record TableEntry(
    long id, TableSpec spec, long revision, long createdAtMillis, int version) {}
