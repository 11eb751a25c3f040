/// Distance kernels: the only package that uses the Vector API.
@NullMarked
package io.kindred.engine.vector;

import org.jspecify.annotations.NullMarked;
