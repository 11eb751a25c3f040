package io.kindred.app.objects;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server that speaks S3, in a process of its own on a free port of the loopback address; it has
/// one bucket and keeps nothing. Killed when it is closed.
final class S3Server implements AutoCloseable {
  static final String BUCKET = "bucket";
  private static final Path JAR = Path.of("target", "test-servers", "s3mock.jar");
  private static final Pattern STARTED =
      Pattern.compile("Tomcat started on ports .*?(\\d+) \\(http\\)");
  private static final Map<String, String> KEYS =
      Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret");

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts one that keeps its objects below a directory while it runs.
  static S3Server start(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "-jar",
                JAR.toAbsolutePath().toString(),
                "--server.address=127.0.0.1",
                "--http.port=0",
                "--server.port=0",
                "--com.adobe.testing.s3mock.max-payload-size=64MB",
                "--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET)
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        int port = Integer.parseInt(matcher.group(1));
        // So that it never waits for somebody to read what it says.
        Thread.ofPlatform().daemon().start(() -> output.lines().forEach(rest -> {}));
        return new S3Server(process, port);
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("no server of S3 from " + JAR + "\n" + said);
  }

  String url(String prefix) {
    return "s3://%s/%s?endpoint=http://127.0.0.1:%d&region=us-east-1"
        .formatted(BUCKET, prefix, port);
  }

  /// A place in the bucket.
  S3ObjectStore open(String prefix) {
    return S3ObjectStore.open((Place.S3) Place.parse(url(prefix)), KEYS);
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the server of S3 did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
