/// What filters and maps compute of an event.
@NullMarked
package io.kindred.stream.expression;

import org.jspecify.annotations.NullMarked;
