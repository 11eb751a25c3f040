package io.kindred.app.rows;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvReader.CsvReaderBuilder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The records of a CSV file (RFC 4180), each found and parsed on its own, so that a malformed one
/// costs no other. Owned by one thread.
///
/// A quoted cell may span lines: at most 1,000 of them and 4 MiB. Where no well-formed record comes
/// of it, the line it began on is malformed and reading goes on behind that line.
final class CsvRecords implements AutoCloseable {
  private static final int RECORD_LINES_MAX = 1_000;

  private final TextLines lines;
  private final CsvReaderBuilder parser;
  private final char separator;
  private final Deque<Line> pushedBack = new ArrayDeque<>();

  private CsvRecords(TextLines lines, char separator) {
    this.lines = lines;
    this.separator = separator;
    this.parser =
        CsvReader.builder()
            .fieldSeparator(separator)
            .allowExtraCharsAfterClosingQuote(false)
            .skipEmptyLines(false);
  }

  /// What stands at one line: a whole record, or why there is none.
  sealed interface Item {
    long line();

    record Cells(long line, List<String> cells) implements Item {}

    record Malformed(long line, String reason) implements Item {}
  }

  /// A physical line; its text is null where it cannot be one.
  private record Line(long number, @Nullable String text, String problem) {}

  /// Opens the records behind a header line, whose separator they share: the comma, or where the
  /// header has none the tab or the semicolon.
  static CsvRecords behind(String header, TextLines lines) {
    char separator = ',';
    if (header.indexOf(',') < 0) {
      separator = header.indexOf('\t') >= 0 ? '\t' : ';';
    }
    return new CsvRecords(lines, separator);
  }

  /// Parses one whole record.
  List<String> parse(String record) throws MalformedRowException {
    try {
      return parser.ofSingleCsvRecord(record).getFields();
    } catch (CsvParseException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new MalformedRowException("malformed CSV: " + cause.getMessage());
    }
  }

  /// The next record, or null at the end. Blank lines are skipped.
  @Nullable Item next() throws IOException {
    Line first = nextLine();
    while (first != null && first.text() != null && first.text().isBlank()) {
      first = nextLine();
    }
    if (first == null) {
      return null;
    }
    if (first.text() == null) {
      return new Item.Malformed(first.number(), first.problem());
    }
    List<Line> continuation = new ArrayList<>();
    try {
      String record = isOpen(first.text(), false) ? continued(first, continuation) : first.text();
      return new Item.Cells(first.number(), parse(record));
    } catch (MalformedRowException e) {
      continuation.reversed().forEach(pushedBack::addFirst);
      return new Item.Malformed(first.number(), String.valueOf(e.getMessage()));
    }
  }

  /// Joins the lines of a record whose first line ends within quotes.
  ///
  /// @param continuation takes the lines behind the first one
  private String continued(Line first, List<Line> continuation)
      throws IOException, MalformedRowException {
    StringBuilder record = new StringBuilder(String.valueOf(first.text()));
    while (continuation.size() < RECORD_LINES_MAX && record.length() < TextLines.LINE_BYTES_MAX) {
      Line line = nextLine();
      if (line == null) {
        break;
      }
      continuation.add(line);
      if (line.text() == null) {
        break;
      }
      record.append('\n').append(line.text());
      if (!isOpen(line.text(), true)) {
        return record.toString();
      }
    }
    throw new MalformedRowException("quote that is not closed");
  }

  /// Whether a line ends within quotes.
  ///
  /// @param isWithin whether it starts within quotes
  private boolean isOpen(String text, boolean isWithin) {
    boolean within = isWithin;
    boolean isCellStart = !isWithin;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && (within || isCellStart)) {
        within = !within;
        // A doubled quote leaves and enters again.
        isCellStart = !within;
      } else {
        isCellStart = !within && c == separator;
      }
    }
    return within;
  }

  private @Nullable Line nextLine() throws IOException {
    Line again = pushedBack.pollFirst();
    if (again != null) {
      return again;
    }
    if (!lines.next()) {
      return null;
    }
    if (lines.isTooLong()) {
      return new Line(
          lines.number(), null, "line longer than " + TextLines.LINE_BYTES_MAX + " bytes");
    }
    try {
      return new Line(lines.number(), lines.text(), "");
    } catch (CharacterCodingException e) {
      return new Line(lines.number(), null, "line is not UTF-8 (" + e.getMessage() + ")");
    }
  }

  long consumedBytes() {
    return lines.consumedBytes();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
