package io.kindred.app.rows;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import io.kindred.engine.FieldType;
import io.kindred.engine.Value;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What each column of a CSV file is. Immutable.
///
/// `id` is the key, `metadata` a JSON object, `event_time` an instant. `prefix_0`, `prefix_1`, ...
/// are the components of the vector `prefix` where they hold numbers. Any other column is a vector
/// if it is known to be one or its cells look like one, and a field otherwise.
record CsvColumns(List<Role> roles, Map<String, Integer> spreadDimensions) {
  private static final Pattern NUMBERED = Pattern.compile("(.+)_(0|[1-9]\\d{0,3})");

  /// What one column is.
  sealed interface Role {
    record Id() implements Role {}

    record Metadata() implements Role {}

    record EventTime() implements Role {}

    record Field(String name) implements Role {}

    record Vector(String name) implements Role {}

    /// One component of a vector that is spread over columns.
    record Component(String vector, int index) implements Role {}
  }

  /// @param sample records from the head of the file
  static CsvColumns of(List<String> header, List<List<String>> sample, Set<String> vectorFields)
      throws DamagedFileException {
    Map<String, Integer> spread = spreadVectors(header, sample);
    List<Role> roles = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int column = 0; column < header.size(); column++) {
      String name = header.get(column).strip();
      if (!names.add(name)) {
        throw new DamagedFileException("column: " + name + " (expected: each name once)");
      }
      roles.add(role(name, column, sample, new Known(vectorFields, spread)));
    }
    if (!names.contains("id")) {
      throw new DamagedFileException(
          "header: " + String.join(",", header) + " (expected: a column named id)");
    }
    return new CsvColumns(roles, spread);
  }

  private record Known(Set<String> vectorFields, Map<String, Integer> spread) {}

  private static Role role(String name, int column, List<List<String>> sample, Known known) {
    return switch (name) {
      case "id" -> new Role.Id();
      case "metadata" -> new Role.Metadata();
      case "event_time" -> new Role.EventTime();
      default -> {
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
          int index = Integer.parseInt(numbered.group(2));
          // A column further on may have the prefix and yet hold no numbers.
          if (index < known.spread().getOrDefault(numbered.group(1), 0)) {
            yield new Role.Component(numbered.group(1), index);
          }
        }
        yield known.vectorFields().contains(name) || looksLikeVectors(sample, column)
            ? new Role.Vector(name)
            : new Role.Field(name);
      }
    };
  }

  /// Vectors that are spread over two or more columns numbered from 0 without a gap, with
  /// dimensions.
  private static Map<String, Integer> spreadVectors(
      List<String> header, List<List<String>> sample) {
    Map<String, Set<Integer>> numbers = new LinkedHashMap<>();
    for (int column = 0; column < header.size(); column++) {
      Matcher numbered = NUMBERED.matcher(header.get(column).strip());
      if (numbered.matches() && looksLikeNumbers(sample, column)) {
        numbers
            .computeIfAbsent(numbered.group(1), _ -> new HashSet<>())
            .add(Integer.parseInt(numbered.group(2)));
      }
    }
    Map<String, Integer> spread = new LinkedHashMap<>();
    numbers.forEach(
        (prefix, found) -> {
          int last = found.stream().mapToInt(Integer::intValue).max().orElse(0);
          if (found.size() >= 2 && last == found.size() - 1) {
            spread.put(prefix, found.size());
          }
        });
    return spread;
  }

  /// Whether every cell of the sample that is not empty looks like a vector, and one is not empty.
  private static boolean looksLikeVectors(List<List<String>> sample, int column) {
    boolean isAny = false;
    for (List<String> cells : sample) {
      if (column < cells.size() && !cells.get(column).isBlank()) {
        if (!VectorText.isVector(cells.get(column))) {
          return false;
        }
        isAny = true;
      }
    }
    return isAny;
  }

  private static boolean looksLikeNumbers(List<List<String>> sample, int column) {
    for (List<String> cells : sample) {
      if (column < cells.size() && !cells.get(column).isBlank()) {
        try {
          VectorText.component(cells.get(column).strip());
        } catch (MalformedRowException e) {
          return false;
        }
      }
    }
    return true;
  }

  /// The columns that are fields, all of them text until a table or their cells say otherwise.
  Map<String, FieldType> fields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (Role role : roles) {
      if (role instanceof Role.Field(String name)) {
        fields.put(name, FieldType.STRING);
      }
    }
    return fields;
  }

  /// Reads one record. An empty cell is an absent value.
  DraftRow row(long line, List<String> cells) throws MalformedRowException {
    if (cells.size() != roles.size()) {
      throw MalformedRowException.of("cells", cells.size(), roles.size() + ", as in the header");
    }
    RowParts parts = new RowParts(new LinkedHashMap<>(), new LinkedHashMap<>());
    String id = "";
    Map<String, Value> metadata = Map.of();
    Instant eventTime = null;
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      if (cell.isEmpty()) {
        continue;
      }
      switch (roles.get(column)) {
        case Role.Id _ -> id = cell;
        case Role.Metadata _ -> metadata = metadata(cell);
        case Role.EventTime _ -> eventTime = eventTime(cell);
        case Role.Field field -> parts.fields().put(field.name(), Value.of(cell));
        case Role.Vector vector -> parts.vectors().put(vector.name(), VectorText.parse(cell));
        case Role.Component component -> component(component, cell, parts);
      }
    }
    if (id.isEmpty()) {
      throw MalformedRowException.of("id", "empty", "a key");
    }
    requireWholeVectors(cells);
    return new DraftRow(line, id, parts.vectors(), parts.fields(), metadata, eventTime, null);
  }

  private record RowParts(Map<String, float[]> vectors, Map<String, Value> fields) {}

  private void component(Role.Component component, String cell, RowParts parts)
      throws MalformedRowException {
    int dimension = spreadDimensions.getOrDefault(component.vector(), 0);
    float[] vector = parts.vectors().computeIfAbsent(component.vector(), _ -> new float[dimension]);
    vector[component.index()] = VectorText.component(cell.strip());
  }

  /// Either all components of a spread vector are given, or none.
  private void requireWholeVectors(List<String> cells) throws MalformedRowException {
    for (Map.Entry<String, Integer> spread : spreadDimensions.entrySet()) {
      int present = 0;
      for (int column = 0; column < cells.size(); column++) {
        if (roles.get(column) instanceof Role.Component component
            && component.vector().equals(spread.getKey())
            && !cells.get(column).isEmpty()) {
          present++;
        }
      }
      if (present != 0 && present != spread.getValue()) {
        throw MalformedRowException.of(
            spread.getKey(), present + " components", spread.getValue() + ", or none");
      }
    }
  }

  private static Map<String, Value> metadata(String cell) throws MalformedRowException {
    try (JsonParser parser = JsonValues.FACTORY.createParser(cell)) {
      parser.nextToken();
      return JsonValues.readEntries(parser);
    } catch (JacksonException e) {
      throw new MalformedRowException("metadata: malformed JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedRowException("metadata: " + e.getMessage());
    }
  }

  private static @Nullable Instant eventTime(String cell) throws MalformedRowException {
    try {
      return Instant.parse(cell);
    } catch (DateTimeParseException e) {
      throw MalformedRowException.of("event_time", cell, "an instant such as 2026-01-01T00:00:00Z");
    }
  }
}
