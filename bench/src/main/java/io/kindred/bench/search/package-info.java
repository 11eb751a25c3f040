/// Benchmarks of searches: recall, speed, filters, and both while rows change.
@NullMarked
package io.kindred.bench.search;

import org.jspecify.annotations.NullMarked;
