package io.kindred.stream.config;

import io.kindred.engine.TableSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The table that a pipeline writes. Immutable.
///
/// @param key the event's field that names the row
/// @param fields the event's fields that are stored, by the row's field
/// @param create the table to make where there is none
public record SinkDefinition(
    Text table,
    Text key,
    Map<Text, Text> fields,
    Optional<Duration> timeToLive,
    Optional<TableSpec> create) {}
