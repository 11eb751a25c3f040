/// A store served on one port: how its parts are put together, and how they stop.
@NullMarked
package io.kindred.app.serve;

import org.jspecify.annotations.NullMarked;
