/// Stores that benchmarks fill, and where they lie.
@NullMarked
package io.kindred.bench.store;

import org.jspecify.annotations.NullMarked;
