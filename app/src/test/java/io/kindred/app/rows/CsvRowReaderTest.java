package io.kindred.app.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvRowReaderTest {
  /// Found by fuzzing: it ended the import with an exception.
  @Test
  void aColumnBehindASpreadVectorThatHoldsNoNumbersIsAField() throws IOException {
    Path path = RowFixture.write(directory, "spread.csv", "id,v_0,v_1,v_2\n1,1,2,x\n2,3,4,5\n");

    List<RowItem> rows = RowFixture.readAll(path, FileFormat.CSV);
    assertThat(RowFixture.vector(rows.get(0), "v")).containsExactly(1, 2);
    assertThat(RowFixture.draft(rows.get(1)).fields()).containsEntry("v_2", Value.of("5"));
  }

  @Test
  void aComponentWithAZeroInFrontIsAFieldLikeAnyOther() throws IOException {
    Path path = RowFixture.write(directory, "zeros.csv", "id,v_0,v_1,v_00\n1,1,2,3\n");

    RowItem row = RowFixture.readAll(path, FileFormat.CSV).getFirst();
    assertThat(RowFixture.vector(row, "v")).containsExactly(1, 2);
    assertThat(RowFixture.draft(row).fields()).containsEntry("v_00", Value.of("3"));
  }

  @Test
  void aHeaderThatIsNotUtf8IsADamagedFile() throws IOException {
    Path path =
        Files.write(directory.resolve("latin.csv"), new byte[] {'i', 'd', ',', (byte) 0xe9, '\n'});

    assertThatThrownBy(() -> RowFixture.readAll(path, FileFormat.CSV))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("UTF-8");
  }

  @TempDir private Path directory;

  private List<RowItem> read(String text, String... vectorFields) throws IOException {
    Path path = RowFixture.write(directory, "a.csv", text);
    return RowFixture.readAll(path, FileFormat.CSV, vectorFields);
  }

  @Test
  void columnsThatAreNoVectorAreFields() throws IOException {
    List<RowItem> rows =
        read(
            """
            id,city,price,v,metadata,event_time
            a,"new ""york"", ny",9.50,"[1, 2.5]","{""k"":1}",2026-01-01T00:00:00Z
            b,,,,,
            """);

    DraftRow first = RowFixture.draft(rows.getFirst());
    assertThat(first.fields())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("city", Value.of("new \"york\", ny"), "price", Value.of("9.50")));
    assertThat(first.vectors().get("v")).containsExactly(1, 2.5f);
    assertThat(first.metadata()).containsEntry("k", Value.of(1));
    assertThat(first.eventTime()).isNotNull();
    DraftRow second = RowFixture.draft(rows.get(1));
    assertThat(second.fields()).isEmpty();
    assertThat(second.vectors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1;2;3", "[1;2;3]", "[1 2 3]", "\"[1, 2, 3]\"", "1.0; 2.0; 3.0"})
  void aVectorIsToldByItsBracketsOrSemicolons(String cell) throws IOException {
    assertThat(RowFixture.vector(read("id,v\na," + cell + "\n").getFirst(), "v"))
        .containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 2 3", "\"1,2,3\"", "  1  2  3 "})
  void spacesAndCommasAloneNeedAColumnThatIsKnownAsAVector(String cell) throws IOException {
    String text = "id,v\na," + cell + "\n";

    assertThat(RowFixture.draft(read(text).getFirst()).fields()).containsKey("v");
    assertThat(RowFixture.vector(read(text, "v").getFirst(), "v")).containsExactly(1, 2, 3);
  }

  @Test
  void aVectorMayBeSpreadOverNumberedColumns() throws IOException {
    List<RowItem> rows =
        read("id,v_0,v_1,v_2,size_1,note_0,note_1\na,1,2,3,40,x,y\nb,1,,3,41,x,y\n");

    assertThat(RowFixture.vector(rows.getFirst(), "v")).containsExactly(1, 2, 3);
    assertThat(RowFixture.draft(rows.getFirst()).fields())
        .containsOnlyKeys("size_1", "note_0", "note_1");
    assertThat(RowFixture.malformed(rows.get(1)).reason())
        .isEqualTo("v: 2 components (expected: 3, or none)");
  }

  @Test
  void aColumnKnownAsAVectorIsReadAsOneWhateverItsCells() throws IOException {
    List<RowItem> rows = read("id,v\na,oops\nb,1;2\n", "v");

    assertThat(RowFixture.malformed(rows.getFirst()).reason())
        .isEqualTo("vector component: oops (expected: a number)");
    assertThat(RowFixture.vector(rows.get(1), "v")).containsExactly(1, 2);
  }

  @Test
  void aMalformedRecordIsNamedByItsFirstLine() throws IOException {
    List<RowItem> rows =
        read("id,city\na,berlin,extra\nb,\"two\nlines\"\nc\n,nowhere\n\"d\"x,y\nlast,z\n");

    assertThat(rows).extracting(RowItem::place).containsExactly(2L, 3L, 5L, 6L, 7L, 8L);
    assertThat(RowFixture.malformed(rows.get(0)).reason())
        .isEqualTo("cells: 3 (expected: 2, as in the header)");
    assertThat(RowFixture.draft(rows.get(1)).fields())
        .containsEntry("city", Value.of("two\nlines"));
    assertThat(RowFixture.malformed(rows.get(2)).reason()).startsWith("cells: 1 (expected: 2");
    assertThat(RowFixture.malformed(rows.get(3)).reason()).isEqualTo("id: empty (expected: a key)");
    assertThat(RowFixture.malformed(rows.get(4)).reason()).startsWith("malformed CSV");
    assertThat(RowFixture.draft(rows.get(5)).id()).isEqualTo("last");
  }

  @Test
  void aQuoteThatIsNeverClosedCostsOnlyItsLine() throws IOException {
    List<RowItem> rows = read("id,city\na,\"berlin\nb,paris\nc,\"ro\"\"me\"\n");

    assertThat(rows).hasSize(3);
    assertThat(RowFixture.malformed(rows.getFirst()).reason()).startsWith("malformed CSV");
    assertThat(RowFixture.draft(rows.get(1)).id()).isEqualTo("b");
    assertThat(RowFixture.draft(rows.get(2)).fields()).containsEntry("city", Value.of("ro\"me"));
  }

  @Test
  void aQuoteThatIsOpenAtTheEndOfTheFileIsNamedByItsLine() throws IOException {
    List<RowItem> rows = read("id,city\na,\"berlin\nb,paris\n");

    assertThat(RowFixture.malformed(rows.getFirst()).reason())
        .isEqualTo("quote that is not closed");
    assertThat(RowFixture.draft(rows.get(1)).id()).isEqualTo("b");
  }

  @Test
  void aQuoteWithinAnUnquotedCellIsText() throws IOException {
    assertThat(RowFixture.draft(read("id,size\na,5\" pipe\nb,6\n").getFirst()).fields())
        .containsEntry("size", Value.of("5\" pipe"));
  }

  @Test
  void tabsAndSemicolonsDivideWhereTheHeaderSaysSo() throws IOException {
    assertThat(RowFixture.draft(read("id\tcity\na\tberlin\n").getFirst()).fields())
        .containsEntry("city", Value.of("berlin"));
    assertThat(RowFixture.draft(read("id;price\na;1,5\n").getFirst()).fields())
        .containsEntry("price", Value.of("1,5"));
  }

  @Test
  void aLineThatIsNotUtf8IsMalformed() throws IOException {
    Path path = directory.resolve("latin.csv");
    Files.write(path, "id,city\na,Zürich\nb,Bern\n".getBytes(StandardCharsets.ISO_8859_1));
    List<RowItem> rows = RowFixture.readAll(path, FileFormat.CSV);

    assertThat(RowFixture.malformed(rows.getFirst()).reason()).startsWith("line is not UTF-8");
    assertThat(RowFixture.draft(rows.get(1)).id()).isEqualTo("b");
  }

  @Test
  void aHeaderThatCannotBeOneIsRefused() {
    assertThatThrownBy(() -> read("")).hasMessageStartingWith("line 1: no header");
    assertThatThrownBy(() -> read("name,city\n"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessage("header: name,city (expected: a column named id)");
    assertThatThrownBy(() -> read("id,city,city\n"))
        .hasMessage("column: city (expected: each name once)");
  }

  @Test
  void malformedMetadataIsNamed() throws IOException {
    assertThat(RowFixture.malformed(read("id,metadata\na,{x\n").getFirst()).reason())
        .startsWith("metadata: malformed JSON");
    assertThat(RowFixture.malformed(read("id,metadata\na,7\n").getFirst()).reason())
        .isEqualTo("row: 7 (expected: an object)");
  }
}
