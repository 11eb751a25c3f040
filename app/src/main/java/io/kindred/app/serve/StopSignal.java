package io.kindred.app.serve;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The request to stop: SIGTERM, or Ctrl-C. Thread-safe.
///
/// The process ends with status 0 once this is closed, and after 9.5 seconds whether or not it is:
/// what is acknowledged is in the log, and the next start replays it.
public final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
  private static final Duration PATIENCE = Duration.ofMillis(9_500);
  private static final int OK = 0;
  private static final int TOO_SLOW = 1;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");

  private StopSignal() {}

  /// Listens for the request from now on.
  public static StopSignal install() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void stop() {
    requested.countDown();
    try {
      if (stopped.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(OK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.warn("stopping took too long and was cut short; the next start replays the log");
    Runtime.getRuntime().halt(TOO_SLOW);
  }

  /// Waits for the request.
  public void await() throws InterruptedException {
    requested.await();
  }

  /// Waits for the request, but not longer than this.
  ///
  /// @return whether the request has come
  public boolean await(Duration patience) throws InterruptedException {
    return requested.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  public boolean isRequested() {
    return requested.getCount() == 0;
  }

  /// Lets the process end: nothing is left to do.
  @Override
  public void close() {
    stopped.countDown();
    if (!isRequested()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The request came this very moment; the hook finds that everything has stopped.
        LOG.debug("stop requested while ending", e);
      }
    }
  }
}
