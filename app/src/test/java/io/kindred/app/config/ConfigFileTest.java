package io.kindred.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.app.objects.Place;
import io.kindred.engine.Budget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {
  @TempDir private Path directory;

  private ServeConfig read(String text) throws IOException {
    return ConfigFile.read(
        Files.writeString(directory.resolve("kindred.yaml"), text), ServeConfig.DEFAULT);
  }

  @Test
  void everyKeyIsRead() throws IOException {
    ServeConfig config =
        read(
            """
            # where
            host: 0.0.0.0
            port: 7800
            data: "/var/lib/kindred"
            log_level: debug
            jfr: run.jfr
            recall_seconds: 7
            backups: s3://bucket/kindred?region=eu-central-1
            pipelines: /etc/kindred/pipelines
            limits:
              request_bytes: 1048576
              connections: 10
              waiting_calls: 20
              request_seconds: 5
            budget:
              disk_free_bytes: 1000
              memory_bytes: 20000000
              scrub_bytes_per_second: 5000
            """);

    assertThat(config)
        .isEqualTo(
            new ServeConfig(
                "0.0.0.0",
                7800,
                Path.of("/var/lib/kindred"),
                LogLevel.DEBUG,
                Path.of("run.jfr"),
                Duration.ofSeconds(7),
                new Place.S3("bucket", "kindred", null, "eu-central-1"),
                Path.of("/etc/kindred/pipelines"),
                new ServeConfig.ServeLimits(1_048_576, 10, 20, Duration.ofSeconds(5)),
                Budget.DEFAULT
                    .withDiskFreeBytes(1_000)
                    .withMemoryBytes(20_000_000)
                    .withScrubBytesPerSecond(5_000)));
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(read("")).isEqualTo(ServeConfig.DEFAULT);
    assertThat(read("# nothing yet\n")).isEqualTo(ServeConfig.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "host: a\\nprot: 1 ~ line 2: prot (expected: one of host, port, data, log_level, jfr,",
        "limits:\\n  speed: 1 ~ line 2: limits.speed (expected: one of host,",
        "port: 1\\nport: 2 ~ line 2: port (expected: each key once)",
        "port: high ~ line 1: port: high (expected: 0 to 65535, 0 for a free one)",
        "port: 65536 ~ line 1: port: 65536 (expected: 0 to 65535, 0 for a free one)",
        "port: ~ line 1: port (expected: one value)",
        "port: [1] ~ line 1: port (expected: one value)",
        "limits: 5 ~ line 1: limits. (expected: keys with values)",
        "limits:\\n  connections: 0 ~ line 2: limits.connections: 0 (expected: 1 to 1048576)",
        "backups: ftp://h/x ~ line 1: backups: ftp://h/x (expected: a directory, file:///DIR or"
            + " s3://",
        "budget:\\n  memory_bytes: 5 ~ line 2: budget.memory_bytes: 5 (expected: 16777216 to",
        "log_level: loud ~ line 1: log_level: loud (expected: error, warn, info or debug)",
        "[1, 2] ~ line 1: no mapping (expected: keys with values)",
        "port: 1\\n host: x ~ line 2:",
      })
  void whatIsWrongIsNamedWithItsLine(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(directory.resolve("kindred.yaml") + " " + message);
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path path =
        Files.write(
            directory.resolve("kindred.yaml"),
            "host: Zürich".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> ConfigFile.read(path, ServeConfig.DEFAULT))
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> ConfigFile.read(directory.resolve("no"), ServeConfig.DEFAULT))
        .hasMessageContaining("cannot be read");
  }
}
