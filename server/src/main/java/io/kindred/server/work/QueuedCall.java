package io.kindred.server.work;

import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A call, or a part of one, that waits for a thread. Immutable.
///
/// @param table whose line it stands in, or empty
/// @param stage how long it may wait
/// @param request the request that asked for it, or null where it is none's
/// @param sinceNanos when it was lined up, by the system's nano time
record QueuedCall(
    String table,
    Stage stage,
    Callable<?> work,
    CompletableFuture<?> outcome,
    @Nullable ServiceRequestContext request,
    long sinceNanos) {

  /// Whether anything was done for the call yet.
  enum Stage {
    /// Nothing: it is refused where it has waited too long, and may be sent again.
    WHOLE,
    /// It has begun: it waits as long as its request may take.
    PART
  }
}
