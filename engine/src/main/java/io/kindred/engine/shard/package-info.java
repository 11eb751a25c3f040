/// One shard of a table: applies changes, answers reads, folds and checkpoints.
@NullMarked
package io.kindred.engine.shard;

import org.jspecify.annotations.NullMarked;
