/// How fast Kindred is, and against whom.
@NullMarked
package io.kindred.bench;

import org.jspecify.annotations.NullMarked;
