package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DemoIT {
  @Test
  void theMainJobRunsOnceThroughAndEveryCheckHolds() throws IOException {
    try (KindredProcess demo = KindredProcess.start("demo", "--once", "--port", "0")) {
      assertThat(demo.exitStatus()).as(demo.transcript()).isZero();
      assertThat(demo.error()).isEmpty();
      assertThat(demo.output())
          .anyMatch(line -> line.startsWith("  console     http://127.0.0.1:"))
          .anyMatch(line -> line.contains("What is like"))
          .anyMatch(line -> line.startsWith("  recall"))
          .anyMatch(line -> line.matches("  pipeline +running, [0-9,]+ applied, 0 put aside"))
          .anyMatch(line -> line.matches("  checks +(\\d+) of \\1 held"));
      assertThat(demo.output()).noneMatch(line -> line.contains("\u001b"));
    }
  }

  @Test
  void ctrlCEndsItCleanly() throws IOException {
    try (KindredProcess demo = KindredProcess.start("demo", "--port", "0")) {
      demo.awaitOutput("  Live: ");
      demo.terminate();
      assertThat(demo.exitStatus(java.time.Duration.ofSeconds(10))).as(demo.transcript()).isZero();
    }
  }
}
