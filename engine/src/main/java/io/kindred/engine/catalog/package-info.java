/// The state machine of tables and their versions.
@NullMarked
package io.kindred.engine.catalog;

import org.jspecify.annotations.NullMarked;
