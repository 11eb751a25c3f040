package io.kindred.stream.run;

import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Source;
import java.util.concurrent.CountDownLatch;

/// The source of a pipeline whose events are pushed: it brings none by itself, and lasts until it
/// is stopped.
final class PushSource implements Source {
  private final CountDownLatch stopped = new CountDownLatch(1);

  @Override
  public void run(Intake intake) throws InterruptedException {
    intake.reachable();
    stopped.await();
  }

  @Override
  public void stop() {
    stopped.countDown();
  }

  @Override
  public void close() {
    stop();
  }
}
