/// A navigable graph over the rows of a base: built, folded, kept in a file, searched.
@NullMarked
package io.kindred.engine.hnsw;

import org.jspecify.annotations.NullMarked;
