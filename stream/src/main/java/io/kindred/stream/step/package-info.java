/// What a pipeline does with events between decoding and writing.
@NullMarked
package io.kindred.stream.step;

import org.jspecify.annotations.NullMarked;
