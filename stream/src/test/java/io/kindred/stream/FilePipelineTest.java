package io.kindred.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Events of files, which grow, rotate and end.
final class FilePipelineTest {
  @TempDir private Path directory;

  private String pipeline(String path, boolean isFollowed) {
    return """
        pipeline: p
        source: {file: {path: "%s", follow: %s}}
        event:
          fields: {user: {type: string, required: true}, n: int64}
        steps:
          - count: {into: clicks, windows: {clicks_1d: 1d}}
        sink: {table: users, key: user}
        dead_letters: {file: "%s"}
        """
        .formatted(directory.resolve(path), isFollowed, directory.resolve("dead.jsonl"));
  }

  private static String lines(String user, int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> "{\"user\":\"%s\",\"n\":%d}%n".formatted(user, n))
        .collect(Collectors.joining());
  }

  private Path append(String name, String text) throws IOException {
    return Files.writeString(
        directory.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void awaitClicks(Fixture fixture, String user, long count) {
    Fixture.await(
        () ->
            fixture
                .findUser(user)
                .map(row -> Value.of(count).equals(row.fields().get("clicks_1d")))
                .orElse(false));
  }

  @Test
  void aFileIsReadToItsEndAndThePipelineIsFinished() throws Exception {
    append("events.jsonl", lines("u", 2500) + "\r\n\nnonsense\n" + "{\"user\":\"last\"}");
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", false));

      PipelineStatus status =
          fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Finished);

      assertThat(status.counts().applied()).isEqualTo(2501);
      assertThat(status.counts().deadLettered()).isEqualTo(1);
      awaitClicks(fixture, "u", 2500);
      awaitClicks(fixture, "last", 1);
    }
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", false));
      PipelineStatus status =
          fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Finished);
      assertThat(status.counts().received()).isZero();
    }
  }

  @Test
  void aFollowedFileIsReadAsItGrows() throws Exception {
    append("events.jsonl", lines("u", 10) + "{\"user\":");
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 10);

      append("events.jsonl", "\"v\"}\n" + lines("u", 5));
      awaitClicks(fixture, "v", 1);
      awaitClicks(fixture, "u", 15);

      assertThat(fixture.pipelines.status("p").state()).isInstanceOf(PipelineState.Running.class);
    }
    append("events.jsonl", lines("u", 5));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 20);
      assertThat(fixture.pipelines.status("p").counts().received()).isEqualTo(5);
    }
  }

  @Test
  void aRotatedFileIsReadToItsEndBeforeTheNewOne() throws Exception {
    Path path = append("events.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 10);

      Path old = Files.move(path, directory.resolve("events.jsonl.1"));
      append("events.jsonl", lines("u", 7));
      Files.writeString(old, lines("u", 3), StandardOpenOption.APPEND);
      awaitClicks(fixture, "u", 20);
    }
  }

  @Test
  void aRotatedFileThatThePatternMatchesIsNotReadTwice() throws Exception {
    append("events-1.jsonl", lines("u", 10));
    append("events-2.jsonl", lines("u", 10));
    append("other.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events-*.jsonl", true));
      awaitClicks(fixture, "u", 20);

      Files.move(directory.resolve("events-2.jsonl"), directory.resolve("events-3.jsonl"));
      append("events-2.jsonl", lines("u", 1));
      awaitClicks(fixture, "u", 21);
      assertThat(fixture.pipelines.status("p").counts().received()).isEqualTo(21);
    }
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events-*.jsonl", true));
      append("events-3.jsonl", lines("u", 1));
      awaitClicks(fixture, "u", 22);
    }
  }

  @Test
  void aFileThatWasCutBeginsAnew() throws Exception {
    Path path = append("events.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 10);

      Files.writeString(path, lines("u", 2));
      awaitClicks(fixture, "u", 12);
    }
  }

  @Test
  void aFileThatComesAfterAResetToTheLatestIsReadFromItsFirstLine() throws Exception {
    append("a.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("*.jsonl", true));
      awaitClicks(fixture, "u", 10);
      fixture.pipelines.reset("p", StartAt.Latest.LATEST);
      fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);

      append("b.jsonl", lines("u", 5));

      awaitClicks(fixture, "u", 15);
      fixture.pipelines.pause("p", "a test");
      append("c.jsonl", lines("u", 5));
      fixture.pipelines.resume("p");
      awaitClicks(fixture, "u", 20);
    }
  }

  @Test
  void aResetReadsTheFileAgainAndSaysWhatThatMeans() throws Exception {
    append("events.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 10);

      ResetResult reset = fixture.pipelines.reset("p", StartAt.Earliest.EARLIEST);

      assertThat(reset.generation()).isEqualTo(2);
      assertThat(reset.consequence()).contains("count twice").contains("users");
      awaitClicks(fixture, "u", 20);
      fixture.pipelines.reset("p", StartAt.Latest.LATEST);
      fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);
      append("events.jsonl", lines("u", 1));
      awaitClicks(fixture, "u", 21);
      assertThatThrownBy(
              () -> fixture.pipelines.reset("p", new StartAt.Time(java.time.Instant.EPOCH)))
          .hasMessage(
              "reset to: 1970-01-01T00:00:00Z (expected: earliest or latest; lines of files have no"
                  + " time)");
    }
  }

  @Test
  void aPauseLastsAcrossARestart() throws Exception {
    append("events.jsonl", lines("u", 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      awaitClicks(fixture, "u", 10);
      fixture.pipelines.pause("p", "anna");
      append("events.jsonl", lines("u", 5));
    }
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline("events.jsonl", true));
      PipelineStatus status =
          fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Paused);
      assertThat(((PipelineState.Paused) status.state()).by()).isEqualTo("anna");
      assertThat(status.counts().received()).isZero();

      fixture.pipelines.resume("p");
      awaitClicks(fixture, "u", 15);
    }
  }
}
