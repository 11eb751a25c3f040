/// Where calls run: a fixed pool computes, virtual threads wait, everything is bounded.
@NullMarked
package io.kindred.server.work;

import org.jspecify.annotations.NullMarked;
