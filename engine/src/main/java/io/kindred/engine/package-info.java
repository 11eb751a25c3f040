/// Kindred's storage and retrieval engine: rows and vectors that survive crashes, and search over
/// them. This package is the module's API; the packages below it are not.
@NullMarked
package io.kindred.engine;

import org.jspecify.annotations.NullMarked;
