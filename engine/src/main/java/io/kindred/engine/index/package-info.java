/// Vector indexes over the rows of a base.
@NullMarked
package io.kindred.engine.index;

import org.jspecify.annotations.NullMarked;
