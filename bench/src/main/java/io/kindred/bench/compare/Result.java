package io.kindred.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kindred.bench.report.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One line of results: an engine's recall and speed at one breadth, in one run. Immutable.
///
/// @param setting the breadth, such as `ef=64`; equal in all runs
/// @param isTuned whether the engine chose the breadth itself, for a wanted recall
record Result(
    String set,
    int run,
    String engine,
    double buildSeconds,
    String setting,
    boolean isTuned,
    Curve.Point point) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TUNED = "wanted_recall";
  private static final Set<String> KNOBS = Set.of("ef", "efSearch", "nprobe", "none", TUNED);

  /// A line as an engine prints it, with what it does not know: set, run, and the name that tells
  /// it from other runs of the same engine.
  static String labelled(String line, String set, int run, String engine) {
    try {
      ObjectNode labelled = JSON.createObjectNode().put("set", set).put("run", run);
      labelled.setAll((ObjectNode) JSON.readTree(line));
      return labelled.put("engine", engine).toString();
    } catch (JsonProcessingException | ClassCastException e) {
      throw new IllegalStateException(engine + ": " + line + " (expected: a JSON object)", e);
    }
  }

  /// Reads a results file.
  ///
  /// @throws BadInputException naming the first line that is no result
  static List<Result> readAll(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file.toString(), "no such file", "a results file");
    }
    List<Result> results = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          results.add(parse(lines.get(i), file + ":" + (i + 1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return results;
  }

  /// @param place for the error
  static Result parse(String line, String place) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new BadInputException(place + ": " + e.getOriginalMessage() + " (expected: JSON)");
    }
    String knob =
        json.propertyStream()
            .map(java.util.Map.Entry::getKey)
            .filter(KNOBS::contains)
            .findFirst()
            .orElseThrow(
                () -> new BadInputException(place + ": breadth", "none", "one of " + KNOBS));
    return new Result(
        json.path("set").asText(""),
        json.path("run").asInt(1),
        require(json, "engine", place).asText(),
        require(json, "build_s", place).asDouble(),
        knob + "=" + json.path(knob).asText(),
        knob.equals(TUNED),
        new Curve.Point(
            require(json, "recall", place).asDouble(), require(json, "qps", place).asDouble()));
  }

  private static JsonNode require(JsonNode json, String member, String place) {
    JsonNode value = json.get(member);
    if (value == null || !value.isValueNode()) {
      throw new BadInputException(place + ": " + member, "none", "a value");
    }
    return value;
  }
}
