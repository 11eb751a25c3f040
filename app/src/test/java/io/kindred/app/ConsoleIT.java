package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The console in a real browser, against the server of a running demo and one with a pipeline:
/// `console/e2e`, run by Node.
///
/// Without Node, or without Chromium, nothing can be seen: the test is left out and says what is
/// missing. Where `KINDRED_BROWSER` is `required`, as CI says, that is a failure.
final class ConsoleIT {
  private static final Path CONSOLE = Path.of("..", "console").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final String ADDRESS = "  console ";

  @TempDir Path temporary;

  @Test
  void thePagesDoWhatTheySayInARealBrowser() throws Exception {
    require("chromium", chromium(), "'apt install chromium', or its path in KINDRED_CHROMIUM");
    require(
        "node_modules",
        Files.exists(CONSOLE.resolve("node_modules/.installed")),
        "'console/make packages', which needs Node 20.19 or newer with npm");
    try (KindredProcess pipelines =
            KindredProcess.serve(temporary.resolve("data"), "--pipelines", pipelines().toString());
        KindredProcess demo = KindredProcess.start("demo", "--port", "0")) {
      String line = demo.awaitOutput(ADDRESS);
      String uri = line.substring(ADDRESS.length()).strip().split(" ", 2)[0];
      demo.awaitOutput("  Live: ");
      Path log = temporary.resolve("e2e.log");
      Process tests =
          npm("e2e", log, Map.of("KINDRED_URL", uri, "KINDRED_PIPELINES_URL", pipelines.uri()));
      boolean isOver = tests.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!isOver) {
        tests.descendants().forEach(ProcessHandle::destroyForcibly);
        tests.destroyForcibly();
      }
      String said = Files.readString(log, StandardCharsets.UTF_8);
      assertThat(isOver).as("ended within %s; it said:\n%s", PATIENCE, said).isTrue();
      assertThat(tests.exitValue()).as("npm run e2e; it said:\n%s", said).isZero();
    }
  }

  private static void require(String what, boolean isThere, String how) {
    String message =
        "%s: none found (expected: %s); the console is not tested in a browser"
            .formatted(what, how);
    if ("required".equals(System.getenv("KINDRED_BROWSER"))) {
      assertThat(isThere).as(message).isTrue();
    }
    assumeTrue(isThere, message);
  }

  private static boolean chromium() {
    String own = System.getenv("KINDRED_CHROMIUM");
    return (own != null && Files.isExecutable(Path.of(own)))
        || Files.isExecutable(Path.of("/usr/bin/chromium"))
        || Files.isExecutable(Path.of("/usr/bin/chromium-browser"));
  }

  /// The pipelines of the tests, with dead letters where they are removed afterwards.
  private Path pipelines() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("pipelines"));
    String letters = "clicks.dead.jsonl";
    String pipeline = Files.readString(CONSOLE.resolve("e2e/pipelines/clicks.yaml"));
    assertThat(pipeline).contains(letters);
    Files.writeString(
        directory.resolve("clicks.yaml"),
        pipeline.replace(letters, temporary.resolve(letters).toString()));
    return directory;
  }

  private static Process npm(String script, Path log, Map<String, String> addresses)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("npm", "run", "--silent", script))
            .directory(CONSOLE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(addresses);
    builder.environment().put("NO_COLOR", "1");
    return builder.start();
  }
}
