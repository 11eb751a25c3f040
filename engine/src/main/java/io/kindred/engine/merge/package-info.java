/// What merges keep in a row: decayed means, counts in sliding windows, filters that age.
@NullMarked
package io.kindred.engine.merge;

import org.jspecify.annotations.NullMarked;
