/// Where events come from.
@NullMarked
package io.kindred.stream.source;

import org.jspecify.annotations.NullMarked;
