/// From the bytes of an event to its fields.
@NullMarked
package io.kindred.stream.decode;

import org.jspecify.annotations.NullMarked;
