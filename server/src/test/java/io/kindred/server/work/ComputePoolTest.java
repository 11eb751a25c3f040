package io.kindred.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ComputePoolTest {
  @Test
  void whatTheQueueHasNoRoomForIsRefusedAndTheRestIsComputed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Integer>> outcomes = new ArrayList<>();
    try (ComputePool pool = new ComputePool(3)) {
      int cores = Runtime.getRuntime().availableProcessors();
      CountDownLatch busy = new CountDownLatch(cores);
      for (int i = 0; i < cores + 3; i++) {
        if (i == cores) {
          busy.await();
        }
        int number = i;
        outcomes.add(
            pool.submit(
                () -> {
                  busy.countDown();
                  go.await();
                  return number;
                }));
      }
      assertThatThrownBy(() -> pool.submit(() -> 0).join())
          .cause()
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
      go.countDown();
      for (int i = 0; i < cores + 3; i++) {
        assertThat(outcomes.get(i).join()).isEqualTo(i);
      }
    }
  }

  @Test
  void aFailureIsTheOutcome() {
    try (ComputePool pool = new ComputePool(1)) {
      CompletableFuture<Integer> outcome =
          pool.submit(
              () -> {
                throw new IllegalStateException("no");
              });
      assertThatThrownBy(outcome::join).hasRootCauseMessage("no");
    }
  }

  @Test
  void aClosedPoolRefuses() {
    ComputePool pool = new ComputePool(1);
    pool.close();
    assertThatThrownBy(() -> pool.submit(() -> 0).join()).hasMessageContaining("closing");
  }

  @Test
  void waitingCallsAreBounded() {
    WaitingCalls calls = new WaitingCalls(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Boolean> first =
        calls.submit(
            () -> {
              go.await();
              return true;
            });
    assertThatThrownBy(() -> calls.submit(() -> true).join()).hasMessageContaining("fewer than 1");
    go.countDown();
    assertThat(first.join()).isTrue();
    assertThat(calls.submit(() -> true).join()).isTrue();
  }
}
