package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AppendQueueTest {
  private static List<Batch.Pending> records(String... texts) {
    return Stream.of(texts)
        .map(text -> new Batch.Pending(LogFixture.payload(text), Durability.SYNCED, text))
        .toList();
  }

  @Test
  void recordsOfOneCallAreTakenInAllOrNotAtAll() throws Exception {
    AppendQueue queue = new AppendQueue(3, 1 << 20);
    queue.add(records("a", "b"));
    assertError(ErrorCode.OVERLOADED, () -> queue.add(records("c", "d")), "fewer than 3");
    queue.add(records("e"));

    Batch batch = Objects.requireNonNull(queue.take(1 << 20, 0));
    assertThat(batch.records())
        .extracting(Batch.Pending::attachment)
        .containsExactly("a", "b", "e");
  }

  @Test
  void aCallThatIsLargerThanTheQueueIsTakenInWhereNothingElseWaits() throws Exception {
    AppendQueue queue = new AppendQueue(2, 1);
    queue.add(records("a", "b", "c"));
    assertThat(Objects.requireNonNull(queue.take(1 << 20, 0)).records()).hasSize(3);
  }
}
