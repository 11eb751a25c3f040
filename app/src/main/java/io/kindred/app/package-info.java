/// Configuration, wiring and the command line.
@NullMarked
package io.kindred.app;

import org.jspecify.annotations.NullMarked;
