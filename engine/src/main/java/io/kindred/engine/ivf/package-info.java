/// Inverted lists over the rows of a base.
@NullMarked
package io.kindred.engine.ivf;

import org.jspecify.annotations.NullMarked;
