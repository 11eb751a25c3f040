package io.kindred.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.config.ServeConfig;
import io.kindred.app.serve.ServedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class PipelineCommandsTest {
  @TempDir private Path directory;

  private final CommandRun kindred = new CommandRun();

  private Path pipeline() throws IOException {
    Path events =
        Files.writeString(
            directory.resolve("events.jsonl"),
            "{\"user\":\"u\",\"mood\":\"good\"}\nnonsense\n{\"user\":\"v\",\"mood\":\"bad\"}\n");
    Path pipelines = Files.createDirectories(directory.resolve("pipelines"));
    return Files.writeString(
        pipelines.resolve("moods.yaml"),
        """
        pipeline: moods
        source: {file: {path: "%s"}}
        event:
          fields:
            user: {type: string, required: true}
            mood: string
        sink:
          table: users
          key: user
          fields: [mood]
          create: {key: string, fields: {mood: {type: string}}}
        dead_letters: {file: "%s"}
        """
            .formatted(events, directory.resolve("dead.jsonl")));
  }

  private String data() throws IOException {
    return Files.createDirectories(directory.resolve("data")).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "pipeline validte ~ kindred pipeline: validte: unknown command (expected: one of validate,",
        "pipeline validate ~ kindred pipeline validate: FILE: missing (expected: FILE)",
        "pipeline validate none.yaml ~ kindred pipeline validate: none.yaml: cannot be read",
        "pipeline run p.yaml ~ kindred pipeline run: --data: missing (expected: --data DIR)",
        "pipeline run p.yaml --data none ~ kindred pipeline run: --data: none (expected: an"
            + " existing",
        "pipeline pause ~ kindred pipeline pause: NAME: missing (expected: NAME)",
        "pipeline reset p ~ kindred pipeline reset: --from: missing (expected: --from PLACE)",
        "pipeline status --url x ~ kindred pipeline status: --url: x (expected: ",
        "serve --pipelines none ~ kindred serve: pipelines: none (expected: a directory of"
            + " pipelines",
      })
  void aBadFlagOrValueIsOneLineThatNamesItAndWhatWasExpected(String line, String message) {
    int status = kindred.run(line.split(" ", -1));

    assertThat(kindred.error()).startsWith(message).endsWith("\n").hasLineCount(1);
    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(kindred.output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pipeline",
        "pipeline validate",
        "pipeline run",
        "pipeline status",
        "pipeline pause",
        "pipeline resume",
        "pipeline reset",
        "pipeline replay-dead-letters"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(kindred.run((command + " --help").split(" ", -1))).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("Usage: kindred " + command)
        .contains("Example", "Exit status");
    assertThat(kindred.output().lines()).allMatch(line -> line.length() <= 100);
    assertThat(kindred.error()).isEmpty();
  }

  @Test
  void filesAreCheckedAndEachProblemIsALineWithItsPlace() throws IOException {
    Path good = pipeline();
    Path bad =
        Files.writeString(
            directory.resolve("bad.yaml"),
            Files.readString(good).replace("required: true", "required: perhaps"));

    assertThat(kindred.run("pipeline", "validate", good.toString())).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("valid  moods  " + good + "\n");

    assertThat(kindred.run("pipeline", "validate", bad.toString(), good.toString()))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(kindred.output()).isEqualTo("valid  moods  " + good + "\n");
    assertThat(kindred.error())
        .startsWith("kindred pipeline validate: " + bad + ":5:")
        .contains("perhaps (expected: ")
        .hasLineCount(1);
  }

  @Test
  void aFileOfEventsIsReadOnceAlsoWhenThePipelineIsRunAgain() throws IOException {
    String file = pipeline().toString();

    assertThat(kindred.run("pipeline", "run", file, "--data", data()))
        .as(kindred.error())
        .isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("moods: 3 events received, 2 applied, 1 put aside\n");
    assertThat(directory.resolve("dead.jsonl")).content().contains("MALFORMED");
    assertThat(kindred.run("pipeline", "run", file, "--data", data())).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("moods: 0 events received, 0 applied, 0 put aside\n");
  }

  @Test
  void aPipelineThatNobodyCanPushIntoIsNotRun() throws IOException {
    Path file = pipeline();
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("source: .*", "source: {push: {}}"));

    assertThat(kindred.run("pipeline", "run", file.toString(), "--data", data()))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(kindred.error())
        .isEqualTo(
            "kindred pipeline run: "
                + file
                + ": source: push (expected: kafka or file; a server runs those with push)\n");
  }

  @Test
  void thePipelinesOfAServerAreShownAndControlled() throws IOException {
    pipeline();
    try (ServedStore served =
        ServedStore.start(
            ServeConfig.DEFAULT
                .withPort(0)
                .withData(directory.resolve("served"))
                .withPipelines(directory.resolve("pipelines")))) {
      String url = served.uri();
      do {
        assertThat(kindred.run("pipeline", "status", "--url", url)).isEqualTo(ExitStatus.OK);
      } while (!kindred.output().startsWith("moods  finished"));

      assertThat(kindred.run("pipeline", "status", "moods", "--url", url)).isEqualTo(ExitStatus.OK);
      assertThat(kindred.output()).contains("decode", "in 3, out 2, dropped 0, rejected 1");
      assertThat(kindred.run("pipeline", "pause", "moods", "--by", "anna", "--url", url))
          .isEqualTo(ExitStatus.OK);
      assertThat(kindred.output()).isEqualTo("paused moods\n");
      kindred.run("pipeline", "status", "--url", url);
      assertThat(kindred.output()).startsWith("moods  paused (by anna)  lag ");
      assertThat(kindred.run("pipeline", "resume", "moods", "--url", url)).isEqualTo(ExitStatus.OK);
      assertThat(kindred.run("pipeline", "reset", "moods", "--from", "noon", "--url", url))
          .isEqualTo(ExitStatus.FAILED);
      assertThat(kindred.error())
          .startsWith("kindred pipeline reset: from: noon (expected: earliest")
          .hasLineCount(1);
      assertThat(kindred.run("pipeline", "reset", "moods", "--from", "earliest", "--url", url))
          .isEqualTo(ExitStatus.OK);
      assertThat(kindred.output()).startsWith("reset moods. Rows of table users keep ");
      assertThat(kindred.run("pipeline", "resume", "none", "--url", url))
          .isEqualTo(ExitStatus.FAILED);
      assertThat(kindred.error())
          .isEqualTo("kindred pipeline resume: pipeline: none (expected: one of [moods])\n");
    }
  }
}
