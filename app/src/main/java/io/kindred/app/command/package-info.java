/// The commands of the command line: their flags, their messages and their exit statuses.
@NullMarked
package io.kindred.app.command;

import org.jspecify.annotations.NullMarked;
