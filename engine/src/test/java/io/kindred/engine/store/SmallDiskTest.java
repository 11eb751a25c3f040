package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real file system that gets full and read-only: a small one in memory, mounted in a namespace
/// of the child process. Where the system allows no such thing, this is skipped, and
/// [DiskSpaceTest] has to do.
@Timeout(120)
class SmallDiskTest {
  /// Of 40 MiB. What is written until then has to fit a second time, and a third, when it is
  /// checkpointed and folded.
  private static final long FREE_BYTES_MIN = 28 << 20;

  @TempDir Path directory;

  @Test
  void aRealDiskGetsFullAndReadOnlyAndNothingIsLost() throws Exception {
    assumeTrue(isAllowed(), "mounts in a namespace of one's own");
    List<String> command = new ArrayList<>(inNamespace("exec \"$@\""));
    command.add("sh");
    command.addAll(
        ChildStore.command(
            128, SmallDisk.class, directory.toString(), String.valueOf(FREE_BYTES_MIN)));
    Map<String, Long> seen = ChildStore.run(command);
    assertThat(seen.get("refused")).isGreaterThan(1_000);
    assertThat(seen.get("free")).isBetween(FREE_BYTES_MIN / 2, FREE_BYTES_MIN + (1 << 20));
    assertThat(seen.get("again")).isGreaterThan(seen.getOrDefault("refused", 0L));
    assertThat(seen.get("rows")).isEqualTo(seen.get("again"));
    assertThat(seen.get("problems")).isZero();
  }

  private List<String> inNamespace(String script) {
    return List.of(
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        "mount -t tmpfs -o size=40m none '" + directory + "' && " + script);
  }

  private boolean isAllowed() throws Exception {
    try {
      return new ProcessBuilder(inNamespace("true")).start().waitFor() == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
