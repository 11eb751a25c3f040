package io.kindred.engine.shard;

import io.kindred.engine.StoreListener;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.Delta;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// What a shard works with. Immutable.
///
/// @param directory holds the shard's files and no others
/// @param reaper frees memory and files off the request path
/// @param logSync returns once every record of the log survives a loss of power
/// @param buildThreads threads that build an index
public record ShardOptions(
    Disk disk,
    Path directory,
    long logId,
    Runnable logSync,
    Delta.Capacity capacity,
    int buildThreads,
    Executor reaper,
    InstantSource clock,
    StoreListener listener) {}
