/// Files of lines as a source, read as they grow.
@NullMarked
package io.kindred.stream.file;

import org.jspecify.annotations.NullMarked;
