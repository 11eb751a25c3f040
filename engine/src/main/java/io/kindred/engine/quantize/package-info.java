/// Smaller forms of vectors, whose distances are nearly theirs.
@NullMarked
package io.kindred.engine.quantize;

import org.jspecify.annotations.NullMarked;
