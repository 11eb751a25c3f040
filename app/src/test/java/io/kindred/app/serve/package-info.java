@NullMarked
package io.kindred.app.serve;

import org.jspecify.annotations.NullMarked;
