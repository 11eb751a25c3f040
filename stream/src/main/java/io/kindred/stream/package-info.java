/// Pipelines: events in, changes of rows out. `docs/pipeline.md` is for those who write one.
@NullMarked
package io.kindred.stream;

import org.jspecify.annotations.NullMarked;
