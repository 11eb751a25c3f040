/// What a sample of a table's rows tells of all of them: distributions, and maps of their vectors.
@NullMarked
package io.kindred.server.survey;

import org.jspecify.annotations.NullMarked;
