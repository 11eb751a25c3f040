package io.kindred.app.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonlReaderTest {
  /// Found by fuzzing: the JSON reader takes it for UTF-32, and it ended the import.
  @Test
  void aLineThatBeginsWithAZeroByteIsMalformedAlone() throws IOException {
    Path path = RowFixture.write(directory, "zero.jsonl", "\0\0\0{\"id\":\"a\"}\n{\"id\":\"b\"}\n");

    List<RowItem> items = RowFixture.readAll(path, FileFormat.JSONL);
    assertThat(RowFixture.malformed(items.get(0)).reason()).startsWith("malformed JSON");
    assertThat(RowFixture.draft(items.get(1)).id()).isEqualTo("b");
  }

  @TempDir private Path directory;

  private List<RowItem> read(String text) throws IOException {
    return RowFixture.readAll(RowFixture.write(directory, "a.jsonl", text), FileFormat.JSONL);
  }

  @Test
  void aRowHasTheShapeThatThePutRouteTakes() throws IOException {
    List<RowItem> rows =
        read(
            """
            {"id":"a","vectors":{"v":[1,2.5,-3e2]},"fields":{"city":"berlin","price":9,\
            "rate":0.5,"new":true,"gone":null,"tags":["x","y"]},"metadata":{"deep":{"n":[1]}},\
            "event_time":"2026-01-01T00:00:00Z","ttl_seconds":90}
            """);

    DraftRow row = RowFixture.draft(rows.getFirst());
    assertThat(row.id()).isEqualTo("a");
    assertThat(row.vectors().get("v")).containsExactly(1, 2.5f, -300);
    assertThat(row.fields())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "city", Value.of("berlin"),
                "price", Value.of(9),
                "rate", Value.of(0.5),
                "new", Value.of(true),
                "gone", Value.Null.NULL,
                "tags", new Value.Array(List.of(Value.of("x"), Value.of("y")))));
    assertThat(row.metadata())
        .containsEntry(
            "deep", new Value.Entries(Map.of("n", new Value.Array(List.of(Value.of(1))))));
    assertThat(row.eventTime()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(row.timeToLive()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void numericIdsKeepAllTheirDigits() throws IOException {
    assertThat(RowFixture.draft(read("{\"id\":18446744073709551615}").getFirst()).id())
        .isEqualTo("18446744073709551615");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"a\" ~ malformed JSON",
        "nonsense ~ malformed JSON",
        "[1] ~ row: [ (expected: an object)",
        "{} ~ id: none (expected: a string or an integer)",
        "{\"id\":null} ~ id: none (expected: a string or an integer)",
        "{\"id\":1.5} ~ id: 1.5 (expected: a string or an integer)",
        "{\"id\":\"a\",\"id\":\"b\"} ~ malformed JSON: Duplicate",
        "{\"id\":\"a\"} {} ~ after the row: { (expected: the end of the line)",
        "{\"id\":\"a\",\"vector\":[1]} ~ key: vector (expected: id, vectors, fields,",
        "{\"id\":\"a\",\"vectors\":[1]} ~ vectors: [ (expected: an object)",
        "{\"id\":\"a\",\"vectors\":{\"v\":\"1\"}} ~ v: 1 (expected: an array of numbers)",
        "{\"id\":\"a\",\"vectors\":{\"v\":[1,\"x\"]}} ~ vector component: x (expected: a number)",
        "{\"id\":\"a\",\"vectors\":{\"v\":[NaN]}} ~ malformed JSON",
        "{\"id\":\"a\",\"fields\":{\"n\":9223372036854775808}} ~ n: 9223372036854775808 (expected:",
        "{\"id\":\"a\",\"event_time\":\"today\"} ~ event_time: today (expected: an instant",
        "{\"id\":\"a\",\"ttl_seconds\":\"1\"} ~ ttl_seconds: 1 (expected: a number)",
      })
  void aMalformedLineIsNamedAndCostsNoOther(String line, String reason) throws IOException {
    List<RowItem> rows = read("{\"id\":\"before\"}\n\n" + line + "\n{\"id\":\"after\"}\n");

    assertThat(rows).hasSize(3);
    assertThat(rows.get(1).place()).isEqualTo(3);
    assertThat(RowFixture.malformed(rows.get(1)).reason()).startsWith(reason);
    assertThat(RowFixture.draft(rows.get(2)).id()).isEqualTo("after");
  }

  @Test
  void aBottomlessValueIsRefused() throws IOException {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    String line = "{\"id\":\"a\",\"metadata\":{\"m\":" + deep + "}}";

    assertThat(RowFixture.malformed(read(line).getFirst()).reason())
        .isEqualTo("value nested deeper than 32 levels");
  }

  @Test
  void aHugeLineIsRefusedInBoundedMemory() throws IOException {
    Path path = directory.resolve("a.jsonl");
    byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    try (var out = Files.newOutputStream(path)) {
      for (int i = 0; i < 16; i++) {
        out.write(block);
      }
      out.write("\n{\"id\":\"after\"}".getBytes(StandardCharsets.US_ASCII));
    }
    List<RowItem> rows = RowFixture.readAll(path, FileFormat.JSONL);

    assertThat(RowFixture.malformed(rows.getFirst()).reason())
        .isEqualTo("line longer than 4194304 bytes");
    assertThat(RowFixture.draft(rows.get(1)).id()).isEqualTo("after");
    assertThat(rows.get(1).place()).isEqualTo(2);
  }

  @Test
  void windowsLineEndsAndAByteOrderMarkAreNotContent() throws IOException {
    List<RowItem> rows = read("\uFEFF{\"id\":\"a\"}\r\n{\"id\":\"b\"}\r\n");

    assertThat(rows).hasSize(2);
    assertThat(RowFixture.draft(rows.getFirst()).id()).isEqualTo("a");
  }
}
