/// What a benchmark found, for people and for programs.
@NullMarked
package io.kindred.bench.report;

import org.jspecify.annotations.NullMarked;
