package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LifetimeTest {
  private final AtomicInteger ends = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime(ends::incrementAndGet);

  @Test
  void endsWhenTheOwnerReleasesAndNobodyReads() {
    lifetime.release();

    assertThat(lifetime.hasEnded()).isTrue();
    assertThat(ends).hasValue(1);
    assertThat(lifetime.tryAcquire()).isFalse();
  }

  @Test
  void outlivesItsOwnerWhileAReaderHoldsIt() {
    assertThat(lifetime.tryAcquire()).isTrue();

    lifetime.release();
    assertThat(lifetime.hasEnded()).isFalse();
    assertThat(ends).hasValue(0);

    lifetime.release();
    assertThat(ends).hasValue(1);
  }

  @Test
  void refusesAReleaseThatNobodyAcquired() {
    lifetime.release();

    assertThatThrownBy(lifetime::release).isInstanceOf(IllegalStateException.class);
    assertThat(ends).hasValue(1);
  }

  @Test
  void noReaderSeesTheEndWhileItHoldsAReference() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    AtomicInteger seenEnded = new AtomicInteger();
    try (ExecutorService readers = Executors.newFixedThreadPool(4)) {
      for (int reader = 0; reader < 4; reader++) {
        readers.execute(
            () -> {
              awaitQuietly(start);
              while (lifetime.tryAcquire()) {
                seenEnded.addAndGet(ends.get());
                lifetime.release();
              }
            });
      }
      start.countDown();
      lifetime.release();
    }

    assertThat(seenEnded).hasValue(0);
    assertThat(ends).hasValue(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
