/// What the process logs, as a live tail shows it.
@NullMarked
package io.kindred.server.logs;

import org.jspecify.annotations.NullMarked;
