/// Calls Kindred from Java.
@NullMarked
package io.kindred.client;

import org.jspecify.annotations.NullMarked;
