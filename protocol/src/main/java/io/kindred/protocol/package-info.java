/// What travels on the wire.
@NullMarked
package io.kindred.protocol;

import org.jspecify.annotations.NullMarked;
