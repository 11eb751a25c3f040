package io.kindred.app.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.app.Main;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server whose rows are replaced, added, deleted and expire all the time, so that there are
/// always as many, while they are searched: memory and disk keep their level, nothing gets slower,
/// and every write that was acknowledged is there in the end.
///
/// `-Dkindred.suite.minutes=120` goes on for that long at 2,000 writes a second; without it, it is
/// seconds. What is seen is written to `target/soak/samples.jsonl` as it goes.
@Timeout(36_000)
final class SoakTest {
  private static final int SECONDS = 40;
  private static final int CANARY_SECONDS = 24;
  private static final Path SAMPLES = Path.of("target", "soak");

  @TempDir private Path directory;

  @Test
  void memoryAndDiskKeepTheirLevelAndNothingGetsSlower() throws Exception {
    String minutes = System.getProperty("kindred.suite.minutes");
    SoakPlan plan =
        minutes == null
            ? SoakPlan.ofSeconds(SECONDS)
            : SoakPlan.ofMinutes(Double.parseDouble(minutes));
    new Soak(plan, directory, SAMPLES.resolve("samples.jsonl")).run(Main.class);
  }

  @Test
  void memoryThatIsNotGivenBackIsFound() {
    Soak soak =
        new Soak(
            SoakPlan.ofSeconds(CANARY_SECONDS).withLoad(200, 5),
            directory,
            SAMPLES.resolve("leaking.jsonl"));
    assertThatThrownBy(() -> soak.run(LeakingServer.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("resident memory, mean bytes");
  }

  @Test
  void filesThatAreNotDeletedAndCallsThatGetSlowerAreFound() {
    SoakPlan plan = SoakPlan.ofMinutes(120);
    assertThat(SoakVerdict.of(plan, SoakSamples.steady(plan)).problems()).isEmpty();
    assertThat(SoakVerdict.of(plan, SoakSamples.withGrowingFiles(plan)).problems())
        .anyMatch(it -> it.startsWith("disk, mean bytes"));
    assertThat(SoakVerdict.of(plan, SoakSamples.withSlowerSearches(plan)).problems())
        .isNotEmpty()
        .allMatch(it -> it.startsWith("p99 of searches"));
    assertThat(SoakVerdict.of(plan, SoakSamples.withRowsThatStay(plan)).problems())
        .anyMatch(it -> it.startsWith("rows: "));
    assertThat(SoakVerdict.of(plan, List.of()).problems()).containsExactly("no sample in window 0");
  }
}
