package io.kindred.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.work.ComputePool.Origin;
import io.kindred.server.work.QueuedCall.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ComputePoolTest {
  private static final Origin CALL = new Origin("t", Stage.WHOLE, null);

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
                CALL,
                () -> {
                  busy.countDown();
                  go.await();
                  return number;
                }));
      }
      assertThatThrownBy(() -> pool.submit(CALL, () -> 0).join())
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
  void aCallThatHasWaitedTooLongIsRefusedAndNotComputed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger computed = new AtomicInteger();
    try (ComputePool pool = new ComputePool(100, Duration.ofMillis(20))) {
      int cores = Runtime.getRuntime().availableProcessors();
      CountDownLatch busy = new CountDownLatch(cores);
      for (int i = 0; i < cores; i++) {
        var _ =
            pool.submit(
                CALL,
                () -> {
                  busy.countDown();
                  go.await();
                  return 0;
                });
      }
      busy.await();
      long lined = System.nanoTime();
      CompletableFuture<Integer> whole = pool.submit(CALL, computed::incrementAndGet);
      CompletableFuture<Integer> part =
          pool.submit(new Origin("t", Stage.PART, null), computed::incrementAndGet);
      while (System.nanoTime() - lined < 25_000_000) {
        Thread.onSpinWait();
      }
      go.countDown();
      assertThatThrownBy(whole::join)
          .cause()
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
          .hasMessageContaining("expected: at most 20 ms");
      assertThat(part.join()).isEqualTo(1);
      assertThat(computed).hasValue(1);
    }
  }

  @Test
  void whatWasCancelledWhileItWaitedIsNotComputed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger computed = new AtomicInteger();
    ServiceRequestContext request = ServiceRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));
    try (ComputePool pool = new ComputePool(100, Duration.ofMinutes(10))) {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        var _ =
            pool.submit(
                CALL,
                () -> {
                  go.await();
                  return 0;
                });
      }
      CompletableFuture<Integer> gone =
          pool.submit(new Origin("t", Stage.WHOLE, request), computed::incrementAndGet);
      CompletableFuture<Integer> part =
          pool.submit(new Origin("t", Stage.PART, request), computed::incrementAndGet);
      CompletableFuture<Integer> other = pool.submit(CALL, () -> 5);
      request.cancel();
      request.whenRequestCancelled().get(60, TimeUnit.SECONDS);
      go.countDown();
      assertThat(other.join()).isEqualTo(5);
      assertThatThrownBy(gone::join).isNotNull();
      assertThatThrownBy(part::join).isNotNull();
      assertThat(computed).hasValue(0);
    }
  }

  @Test
  void noTableHoldsMoreThanHalfOfThePlacesToWait() {
    WaitingCalls calls = new WaitingCalls(4);
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    for (String table : List.of("a", "a", "b", "b")) {
      waiting.add(
          calls.submit(
              table,
              () -> {
                go.await();
                return true;
              }));
      if (waiting.size() == 2) {
        assertThatThrownBy(() -> calls.submit("a", () -> true).join())
            .hasMessageContaining("table a: 2 (expected: fewer than 2)");
      }
    }
    assertThatThrownBy(() -> calls.submit("c", () -> true).join())
        .hasMessageContaining("fewer than 4");
    go.countDown();
    waiting.forEach(call -> assertThat(call.join()).isTrue());
    assertThat(calls.submit("a", () -> true).join()).isTrue();
  }

  @Test
  void aFailureIsTheOutcome() {
    try (ComputePool pool = new ComputePool(1)) {
      CompletableFuture<Integer> outcome =
          pool.submit(
              CALL,
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
    assertThatThrownBy(() -> pool.submit(CALL, () -> 0).join()).hasMessageContaining("closing");
  }

  @Test
  void waitingCallsAreBounded() {
    WaitingCalls calls = new WaitingCalls(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Boolean> first =
        calls.submit(
            "",
            () -> {
              go.await();
              return true;
            });
    assertThatThrownBy(() -> calls.submit("", () -> true).join())
        .hasMessageContaining("fewer than 1");
    go.countDown();
    assertThat(first.join()).isTrue();
    assertThat(calls.submit("", () -> true).join()).isTrue();
  }
}
