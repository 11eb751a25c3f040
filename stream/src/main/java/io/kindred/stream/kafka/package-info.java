/// Kafka: reading topics in a consumer group, and how its clients are set up.
@NullMarked
package io.kindred.stream.kafka;

import org.jspecify.annotations.NullMarked;
