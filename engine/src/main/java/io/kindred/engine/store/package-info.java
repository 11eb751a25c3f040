/// The embedded store: tables wired to one local log, in one process.
@NullMarked
package io.kindred.engine.store;

import org.jspecify.annotations.NullMarked;
