package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeIT {
  private static final Duration STOP = Duration.ofSeconds(10);

  @TempDir private Path directory;

  @Test
  void oneLineSaysThatItAnswersAndATerminationStopsItCleanly()
      throws IOException, InterruptedException {
    Path recording = directory.resolve("run.jfr");
    Path data = directory.resolve("data");
    try (KindredProcess server = KindredProcess.serve(data, "--jfr", recording.toString());
        Rest rest = new Rest(server.uri())) {
      assertThat(rest.get("/health/ready").status()).isEqualTo(200);
      assertThat(rest.post("/v1/tables", "{\"name\":\"t\",\"key\":\"string\"}").status())
          .isEqualTo(201);
      assertThat(rest.post("/v1/tables/t/rows:put", "{\"rows\":[{\"id\":\"a\"}]}").status())
          .isEqualTo(200);

      server.terminate();

      assertThat(server.exitStatus(STOP)).isZero();
      assertThat(server.output()).hasSize(1);
      assertThat(server.error()).isEmpty();
    }
    assertThat(RecordingFile.readAllEvents(recording)).isNotEmpty();
    try (KindredProcess server = KindredProcess.serve(data);
        Rest rest = new Rest(server.uri())) {
      assertThat(rest.get("/v1/tables/t/rows/a").status()).isEqualTo(200);
    }
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        KindredProcess server =
            KindredProcess.start(
                "serve",
                "--data",
                directory.resolve("data").toString(),
                "--port",
                Integer.toString(taken.getLocalPort()))) {
      assertThat(server.exitStatus()).as(server.transcript()).isEqualTo(1);
      assertThat(server.error())
          .containsExactly(
              "kindred serve: port: 127.0.0.1:"
                  + taken.getLocalPort()
                  + " is in use (expected: a free port; --port 0 picks one)");
      assertThat(server.output()).isEmpty();
    }
  }

  @Test
  void aDirectoryThatAnotherHasOpenIsOneLine() throws IOException {
    Path data = directory.resolve("data");
    try (KindredProcess first = KindredProcess.serve(data);
        KindredProcess second =
            KindredProcess.start("serve", "--port", "0", "--data", data.toString())) {
      assertThat(second.exitStatus()).as(second.transcript()).isEqualTo(1);
      assertThat(second.error()).hasSize(1);
      assertThat(second.error().getFirst())
          .startsWith("kindred serve: ")
          .contains(data + " is in use by another process");
      assertThat(first.process().isAlive()).isTrue();
    }
  }

  @Test
  void aDirectoryThatIsNoneIsOneLine() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    try (KindredProcess server =
        KindredProcess.start("serve", "--port", "0", "--data", file.toString())) {
      assertThat(server.exitStatus()).isEqualTo(1);
      assertThat(server.error())
          .containsExactly("kindred serve: data: " + file + " (expected: a directory)");
    }
  }

  @Test
  void flagsWinOverTheConfigurationFile() throws IOException {
    Path fromFile = directory.resolve("from_file");
    Path config =
        Files.writeString(
            directory.resolve("kindred.yaml"),
            "port: 1\nhost: 127.0.0.1\ndata: " + fromFile + "\nlimits:\n  connections: 8\n");
    try (KindredProcess server =
        KindredProcess.start("serve", "--config", config.toString(), "--port", "0")) {
      assertThat(server.port()).isGreaterThan(1);
      assertThat(fromFile).isDirectory();
    }
  }

  @Test
  void listeningBeyondThisMachineIsWarnedOf() throws IOException {
    try (KindredProcess server =
        KindredProcess.serve(directory.resolve("data"), "--host", "0.0.0.0")) {
      server.terminate();
      assertThat(server.exitStatus(STOP)).isZero();
      assertThat(server.error()).hasSize(1);
      assertThat(server.error().getFirst())
          .contains("WARN", "there is no authentication", "host=\"0.0.0.0\"");
    }
  }
}
