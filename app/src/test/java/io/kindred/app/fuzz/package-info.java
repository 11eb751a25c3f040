/// Every input from outside, mutated: nothing but an answer or a clear error comes of it.
@NullMarked
package io.kindred.app.fuzz;

import org.jspecify.annotations.NullMarked;
