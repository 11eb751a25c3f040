/// Rows on their way between the wire and the engine, whatever the wire's format.
@NullMarked
package io.kindred.server.rows;

import org.jspecify.annotations.NullMarked;
