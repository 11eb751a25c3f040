/// The tables that a command works on: those of a server, or those of a data directory opened in
/// this process.
@NullMarked
package io.kindred.app.tables;

import org.jspecify.annotations.NullMarked;
