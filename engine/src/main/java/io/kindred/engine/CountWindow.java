package io.kindred.engine;

import java.time.Duration;

/// A sliding window of a [MergeOperation.Count]. Immutable; the engine checks it against the table.
///
/// Time is cut into tiles of one length, the shortest of 1, 2, 5, 10, 15 and 30 seconds; 1, 2, 5,
/// 10, 15 and 30 minutes; 1, 2, 3, 6 and 12 hours; 1, 2 and 5 days by which a window touches at
/// most 100 tiles. So an hour has tiles of a minute, a day of a quarter of an hour, a week of two
/// hours. A window's value is the sum of the tiles that it touches, and so counts what is up to one
/// tile older than the window is long.
///
/// @param field a declared field of type int64, which holds the window's value
/// @param length whole seconds, 1 second to 400 days
public record CountWindow(String field, Duration length) {}
