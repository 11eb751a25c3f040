/// Work that takes a while: folds, checkpoints, imports, backups, the scrubber; how far it has
/// come.
@NullMarked
package io.kindred.server.tasks;

import org.jspecify.annotations.NullMarked;
