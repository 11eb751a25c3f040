/// JSON in and out of the engine's types, as a stream.
@NullMarked
package io.kindred.server.json;

import org.jspecify.annotations.NullMarked;
