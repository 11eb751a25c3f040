/// Calls of a server by the commands that ask one.
@NullMarked
package io.kindred.app.rest;

import org.jspecify.annotations.NullMarked;
