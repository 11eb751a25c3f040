/// Files and memory: the only package that touches the file system.
@NullMarked
package io.kindred.engine.disk;

import org.jspecify.annotations.NullMarked;
