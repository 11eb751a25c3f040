package io.kindred.stream.dead;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.stream.DeadLetter;
import io.kindred.stream.Rejection;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.SourceRecord.Header;
import io.kindred.stream.source.SourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeadLetterFileTest {
  @TempDir private Path directory;

  private static DeadLetter letter(int number, byte[] value) {
    return new DeadLetter(
        "p",
        new SourceRecord(
            new SourceRecord.Position("interactions", 3, number),
            1234,
            ("key-" + number).getBytes(UTF_8),
            value,
            List.of(
                new Header("traceparent", "00-1-2-01".getBytes(UTF_8)),
                new Header("raw", new byte[] {(byte) 0xFF, 0}))),
        new Rejection("3 lookup", "UNKNOWN_KEY", "item: \"x\"\n(expected: one)"),
        Instant.parse("2026-01-31T09:30:00Z"));
  }

  private static List<DeadLetter> read(DeadLetterFile file, long from) throws Exception {
    List<DeadLetter> letters = new ArrayList<>();
    file.read(Map.of(0, from), (letter, _, _, _) -> letters.add(letter));
    return letters;
  }

  private static void assertSame(DeadLetter found, DeadLetter expected) {
    assertThat(found).usingRecursiveComparison().isEqualTo(expected);
  }

  @Test
  void lettersComeBackAsTheyWere() throws Exception {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    DeadLetter text = letter(1, "{\"user\":\"ü\"}\n".getBytes(UTF_8));
    DeadLetter binary = letter(2, bytes);
    DeadLetter empty = letter(3, new byte[0]);
    Path path = directory.resolve("below/dead.jsonl");
    try (DeadLetterFile file = DeadLetterFile.open(path.toString())) {
      file.add(List.of(text, binary)).join();
      file.add(List.of(empty)).join();
    }

    try (DeadLetterFile file = DeadLetterFile.open(path.toString())) {
      List<DeadLetter> letters = read(file, 0);
      assertThat(letters).hasSize(3);
      assertSame(letters.get(0), text);
      assertSame(letters.get(1), binary);
      assertSame(letters.get(2), empty);
      assertThat(file.newest(2)).hasSize(2);
      assertSame(file.newest(2).getFirst(), empty);
    }
    assertThat(Files.readAllLines(path).getFirst())
        .contains("\"value\":\"{\\\"user\\\":\\\"ü\\\"}\\n\"")
        .contains("\"kindred.reason\":\"item: \\\"x\\\"\\n(expected: one)\"");
  }

  @Test
  void readingGoesOnWhereItEnded() throws Exception {
    try (DeadLetterFile file = DeadLetterFile.open(directory.resolve("d").toString())) {
      file.add(List.of(letter(1, new byte[0]), letter(2, new byte[0]))).join();
      List<Long> next = new ArrayList<>();
      file.read(Map.of(), (_, _, _, after) -> next.add(after));
      file.add(List.of(letter(3, new byte[0]))).join();

      assertThat(read(file, next.get(0)))
          .extracting(it -> it.event().position().offset())
          .containsExactly(2L, 3L);
      assertThat(read(file, next.get(1)))
          .extracting(it -> it.event().position().offset())
          .containsExactly(3L);
    }
  }

  @Test
  void aTornLineIsPassedOver() throws Exception {
    Path path = directory.resolve("dead.jsonl");
    try (DeadLetterFile file = DeadLetterFile.open(path.toString())) {
      file.add(List.of(letter(1, new byte[0]))).join();
    }
    Files.writeString(path, "{\"headers\":{\"kind", StandardOpenOption.APPEND);

    try (DeadLetterFile file = DeadLetterFile.open(path.toString())) {
      file.add(List.of(letter(2, new byte[0]))).join();
      assertThat(read(file, 0))
          .extracting(it -> it.event().position().offset())
          .containsExactly(1L, 2L);
    }
  }

  @Test
  void aPlaceThatTakesNothingIsNamed() {
    assertThatThrownBy(() -> DeadLetterFile.open(directory.toString()))
        .isInstanceOf(SourceException.class)
        .hasMessageStartingWith("dead letters: " + directory)
        .hasMessageEndingWith("(expected: a file that takes them)");
  }
}
