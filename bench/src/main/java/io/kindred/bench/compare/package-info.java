/// Kindred beside its peers: runs in turn, the ratio at a wanted recall, charts.
@NullMarked
package io.kindred.bench.compare;

import org.jspecify.annotations.NullMarked;
