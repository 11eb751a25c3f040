/// Backups of tables in an object store, and stores made from them.
@NullMarked
package io.kindred.engine.backup;

import org.jspecify.annotations.NullMarked;
