/// A server under churn for hours: nothing grows, nothing slows down, nothing is lost.
@NullMarked
package io.kindred.app.soak;

import org.jspecify.annotations.NullMarked;
