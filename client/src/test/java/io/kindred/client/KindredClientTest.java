package io.kindred.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.Row;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KindredClientTest {
  private static final PutRequest ONE_ROW =
      PutRequest.newBuilder().setTable("t").addRows(Row.getDefaultInstance()).build();

  private FlakyRows rows;
  private KindredClient client;

  @BeforeEach
  void start() throws Exception {
    rows = new FlakyRows();
    client =
        KindredClient.of(
            new ClientOptions(
                "127.0.0.1", rows.port(), 2, 4, Duration.ofSeconds(10), 3, Duration.ofMillis(1)));
  }

  @AfterEach
  void stop() {
    client.close();
    rows.close();
  }

  @Test
  void aPutThatIsRefusedForWantOfCapacityIsTriedAgainUnderTheSameId() {
    rows.failWith(Status.RESOURCE_EXHAUSTED, Status.UNAVAILABLE);

    assertThat(client.put(ONE_ROW).getApplied()).isEqualTo(1);
    assertThat(rows.operationIds()).hasSize(3).containsOnly(rows.operationIds().getFirst());
  }

  @Test
  void everyPutHasAnIdOfItsOwn() {
    client.put(ONE_ROW);
    client.put(ONE_ROW);

    assertThat(rows.operationIds()).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void whatFailsTooOftenFails() {
    rows.failWith(Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED);

    assertThatThrownBy(() -> client.put(ONE_ROW))
        .isInstanceOfSatisfying(
            CallFailedException.class,
            e -> {
              assertThat(e.code()).isEqualTo("OVERLOADED");
              assertThat(e.status()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            });
  }

  @Test
  void whatIsTheCallersFaultIsNotTriedAgain() {
    rows.failWith(Status.INVALID_ARGUMENT.withDescription("k: 0"));

    assertThatThrownBy(() -> client.put(ONE_ROW))
        .isInstanceOf(CallFailedException.class)
        .hasMessage("k: 0");
    assertThat(rows.operationIds()).hasSize(1);
  }

  @Test
  void aWriterSendsEveryRowAlsoThroughFailures() {
    rows.failWith(Status.UNAVAILABLE, Status.UNAVAILABLE);
    AtomicLong written = new AtomicLong();

    try (RowWriter writer =
        client.writer("t", 10, (first, count, response) -> written.addAndGet(count))) {
      for (int i = 0; i < 1_005; i++) {
        writer.add(Row.newBuilder().setId(Key.newBuilder().setNumber(i)).build());
      }
    }

    assertThat(written).hasValue(1_005);
    assertThat(rows.rows()).isEqualTo(1_005);
  }

  @Test
  void aWriterThrowsTheFirstFailure() {
    rows.failWith(Status.INVALID_ARGUMENT.withDescription("table: t"));
    RowWriter writer = client.writer("t", 1, (first, count, response) -> {});
    writer.add(Row.getDefaultInstance());

    assertThatThrownBy(writer::flush)
        .isInstanceOf(CallFailedException.class)
        .hasMessage("table: t");
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() {
    rows.close();

    assertThatThrownBy(() -> client.put(ONE_ROW))
        .isInstanceOfSatisfying(
            CallFailedException.class, e -> assertThat(e.isWorthARetry()).isTrue());
  }

  @Test
  void aBadUrlIsRefused() {
    for (String url : new String[] {"127.0.0.1:7700", "https://h", "http://", "ftp://h:1"}) {
      assertThatThrownBy(() -> ClientOptions.DEFAULT.withUrl(url))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(ClientOptions.DEFAULT.withUrl("http://h").port()).isEqualTo(7700);
    assertThat(ClientOptions.DEFAULT.withUrl("http://h:81/").port()).isEqualTo(81);
  }
}
