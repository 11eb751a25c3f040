package io.kindred.engine.shard;

import io.kindred.engine.StoreListener;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.Delta;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// What a shard works with. Immutable.
///
/// @param room is asked before a large file is begun
/// @param directory holds the shard's files and no others; made with the first of them
/// @param firstPosition the log has had every change of the shard from here on; 0 where it began
///   with files
/// @param syncLog returns once all that was applied so far is durable in the log
/// @param reaper frees memory and files off the request path
/// @param linker links the rows of deltas, off the request path
/// @param buildThreads threads that build an index
public record ShardOptions(
    Disk disk,
    DiskRoom room,
    Path directory,
    LogBounds log,
    long firstPosition,
    Runnable syncLog,
    Delta.Capacity capacity,
    int buildThreads,
    Executor reaper,
    Executor linker,
    InstantSource clock,
    StoreListener listener) {}
