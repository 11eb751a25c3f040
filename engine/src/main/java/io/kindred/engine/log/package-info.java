/// The write-ahead log: the truth that every other state is a cache of.
@NullMarked
package io.kindred.engine.log;

import org.jspecify.annotations.NullMarked;
