package io.kindred.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.server.work.QueuedCall.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class CallQueueTest {
  private static QueuedCall call(String table) {
    return new QueuedCall(
        table, Stage.WHOLE, () -> table, new CompletableFuture<>(), null, System.nanoTime());
  }

  private static List<String> drain(CallQueue queue) throws InterruptedException {
    List<String> tables = new ArrayList<>();
    while (queue.size() > 0) {
      QueuedCall next = queue.take();
      tables.add(next == null ? "none" : next.table());
    }
    return tables;
  }

  @Test
  void tablesTakeTurnsWhateverEachHasWaiting() throws Exception {
    CallQueue queue = new CallQueue(100);
    for (int i = 0; i < 5; i++) {
      queue.add(call("flood"));
    }
    queue.add(call("a"));
    queue.add(call("b"));
    queue.add(call("a"));

    assertThat(drain(queue))
        .containsExactly("flood", "a", "b", "flood", "a", "flood", "flood", "flood");
  }

  @Test
  void aTableAloneMayFillTheQueueAndNoMore() throws Exception {
    CallQueue queue = new CallQueue(3);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.add(call("a"))).isNull();
    }
    QueuedCall fourth = call("a");
    assertThat(queue.add(fourth)).isSameAs(fourth);
    assertThat(drain(queue)).containsExactly("a", "a", "a");
  }

  @Test
  void theNewestCallOfTheLongestLineGivesWay() throws Exception {
    CallQueue queue = new CallQueue(4);
    List<QueuedCall> flood = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      flood.add(call("flood"));
      queue.add(flood.getLast());
    }
    assertThat(queue.add(call("a"))).isSameAs(flood.get(3));
    assertThat(queue.add(call("a"))).isSameAs(flood.get(2));
    QueuedCall third = call("a");
    assertThat(queue.add(third)).isSameAs(third);
    assertThat(drain(queue)).containsExactly("flood", "a", "flood", "a");
  }

  @Test
  void aClosedQueueTakesNoneAndHandsOutTheRest() throws Exception {
    CallQueue queue = new CallQueue(3);
    queue.add(call("a"));
    queue.close();
    QueuedCall late = call("a");
    assertThat(queue.add(late)).isSameAs(late);
    assertThat(queue.take()).isNotNull();
    assertThat(queue.take()).isNull();
  }

  /// Whatever comes and goes: never more than there is room for, each call handed out or refused
  /// once, and no table that has less than its share is refused.
  @Test
  void whateverComesTheBoundsHold() throws Exception {
    Random random = new Random(7);
    CallQueue queue = new CallQueue(16);
    int[] waiting = new int[5];
    int added = 0;
    int gone = 0;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(5) < 3) {
        // Table 0 sends most.
        int table = Math.max(0, random.nextInt(12) - 7);
        QueuedCall call = call(String.valueOf(table));
        added++;
        QueuedCall refused = queue.add(call);
        waiting[table]++;
        if (refused != null) {
          gone++;
          int loser = Integer.parseInt(refused.table());
          waiting[loser]--;
          assertThat(waiting[loser]).isGreaterThanOrEqualTo(16 / 5);
        }
      } else if (queue.size() > 0) {
        QueuedCall next = queue.take();
        assertThat(next).isNotNull();
        waiting[next == null ? 0 : Integer.parseInt(next.table())]--;
        gone++;
      }
      assertThat(queue.size()).isLessThanOrEqualTo(16).isEqualTo(added - gone);
    }
  }
}
