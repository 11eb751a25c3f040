/// What a server is told by its flags and its configuration file.
@NullMarked
package io.kindred.app.config;

import org.jspecify.annotations.NullMarked;
