package io.kindred.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.WriteResult.Rejection;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationWindowTest {
  private static final Outcome SMALL =
      new Outcome(
          7,
          3,
          1,
          0,
          List.of(2, 5),
          List.of(new Rejection(4, ErrorCode.VERSION_CONFLICT, "expected_version: 1 (…)")));

  @Test
  void whatWasRememberedIsDecodedAlike() {
    OperationWindow window = new OperationWindow();
    window.remember("a", SMALL);
    window.remember("é", new Outcome(9, 0, 0, 0, List.of(), List.of()));

    OperationWindow decoded = OperationWindow.decode(window.encode());
    assertThat(decoded.find("a")).isEqualTo(SMALL);
    assertThat(decoded.find("é")).isEqualTo(window.find("é"));
    assertThat(decoded.find("b")).isNull();
    assertThat(decoded.newestPosition()).isEqualTo(9);
    assertThat(decoded.encode()).isEqualTo(window.encode());
  }

  @Test
  void theOldestAreForgottenBeyond65536() {
    OperationWindow window = new OperationWindow();
    for (int i = 0; i < 65_537; i++) {
      window.remember("operation-" + i, SMALL);
    }
    assertThat(window.size()).isEqualTo(65_536);
    assertThat(window.find("operation-0")).isNull();
    assertThat(window.find("operation-1")).isEqualTo(SMALL);
  }

  @Test
  void largeOutcomesAreForgottenEarlierButNeverTheLast() {
    OperationWindow window = new OperationWindow();
    Outcome large = new Outcome(7, 0, 0, 0, Collections.nCopies(1_000_000, 5), List.of());
    for (int i = 0; i < 20; i++) {
      window.remember("operation-" + i, large);
    }
    assertThat(window.size()).isBetween(5, 10);
    assertThat(window.find("operation-19")).isNotNull();
  }
}
