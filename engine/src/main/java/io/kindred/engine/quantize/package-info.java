/// Short forms of vectors: clusters of them, and codes.
@NullMarked
package io.kindred.engine.quantize;

import org.jspecify.annotations.NullMarked;
