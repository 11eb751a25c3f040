/// How rows, keys and vectors lie in memory and in files: the base and the delta.
@NullMarked
package io.kindred.engine.segment;

import org.jspecify.annotations.NullMarked;
