/// Vectors of benchmarks: read, made, converted, and searched exactly.
@NullMarked
package io.kindred.bench.vectors;

import org.jspecify.annotations.NullMarked;
