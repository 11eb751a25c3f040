/// A live tail of what callers write, read and search.
@NullMarked
package io.kindred.server.events;

import org.jspecify.annotations.NullMarked;
