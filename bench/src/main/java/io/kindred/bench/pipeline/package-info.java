/// Pipelines over Kafka: how many events a second, how soon searchable, and with malformed ones
/// among them.
@NullMarked
package io.kindred.bench.pipeline;

import org.jspecify.annotations.NullMarked;
