/// Events that could not be processed, and how they are processed again.
@NullMarked
package io.kindred.stream.dead;

import org.jspecify.annotations.NullMarked;
