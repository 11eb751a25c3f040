package io.kindred.server.stream;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open streams of server-sent events, of any kind, and the one clock that asks for what to
/// send next. Thread-safe.
public final class EventStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
  private static final long PERIOD_MILLIS = 250;

  /// A stream on which nothing happens still says that it lives.
  private static final int SILENT_PERIODS_MAX = 40;

  private final int streamsMax;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kindred-streams").daemon().factory());

  /// What a stream sends.
  @FunctionalInterface
  public interface Source extends AutoCloseable {
    /// What is to be sent now, as JSON in one line, or null for nothing. Asked four times a second,
    /// by one thread; not while the reader is behind.
    @Nullable String next();

    /// Told once when the stream is over.
    @Override
    default void close() {}
  }

  /// @param streamsMax open at a time
  public EventStreams(int streamsMax) {
    this.streamsMax = streamsMax;
  }

  /// Begins to send.
  @SuppressWarnings("FutureReturnValueIgnored") // a tick reports its own failure
  public void start() {
    clock.scheduleAtFixedRate(this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Refuses one stream too many.
  ///
  /// @throws KindredException `OVERLOADED`
  public void requireRoom() {
    if (streams.size() >= streamsMax) {
      throw KindredException.of(
          ErrorCode.OVERLOADED, "subscribers", streamsMax, "fewer than " + streamsMax);
    }
  }

  /// Opens a stream.
  ///
  /// @throws KindredException `OVERLOADED`; the source is then closed
  @SuppressWarnings("FutureReturnValueIgnored") // whatever ended the stream, it is over
  public HttpResponse open(ServiceRequestContext context, Source source) {
    try {
      requireRoom();
    } catch (KindredException e) {
      source.close();
      throw e;
    }
    context.clearRequestTimeout();
    Stream stream = new Stream(source);
    streams.add(stream);
    stream
        .out
        .whenComplete()
        .handle(
            (done, thrown) -> {
              source.close();
              return streams.remove(stream);
            });
    stream.tick();
    return stream.out;
  }

  /// A tick that threw would be the last one.
  private void tick() {
    for (Stream stream : streams) {
      try {
        stream.tick();
      } catch (RuntimeException e) {
        LOG.warn("a stream of events ends, as what it should send cannot be made", e);
        stream.out.close();
      }
    }
  }

  /// One open stream. A reader that has not taken the last event off is asked nothing more for.
  private static final class Stream {
    private final HttpResponseWriter out = HttpResponse.streaming();
    private final Source source;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private int silentPeriods;

    Stream(Source source) {
      this.source = source;
      out.write(
          ResponseHeaders.of(
              HttpStatus.OK,
              HttpHeaderNames.CONTENT_TYPE,
              MediaType.EVENT_STREAM,
              HttpHeaderNames.CACHE_CONTROL,
              "no-store"));
    }

    synchronized void tick() {
      if (!taken.isDone()) {
        return;
      }
      String next = source.next();
      silentPeriods = next == null ? silentPeriods + 1 : 0;
      if (next != null) {
        send("data: " + next + "\n\n");
      } else if (silentPeriods >= SILENT_PERIODS_MAX) {
        silentPeriods = 0;
        send(": still here\n\n");
      }
    }

    private void send(String text) {
      if (out.tryWrite(HttpData.of(StandardCharsets.UTF_8, text))) {
        taken = out.whenConsumed();
      }
    }
  }

  /// Ends every stream, so that the server need not wait for its readers.
  @Override
  public void close() {
    clock.shutdownNow();
    for (Stream stream : streams) {
      stream.out.close();
    }
  }
}
