/// The console's files: what a browser loads before it speaks REST.
@NullMarked
package io.kindred.server.console;

import org.jspecify.annotations.NullMarked;
