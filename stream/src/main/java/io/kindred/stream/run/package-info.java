/// Pipelines at work: batches, order, retries, acknowledgement.
@NullMarked
package io.kindred.stream.run;

import org.jspecify.annotations.NullMarked;
