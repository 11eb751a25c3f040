package io.kindred.stream.config;

import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.stream.config.StepDefinition.Missing;
import io.kindred.stream.config.StepDefinition.Scale;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads one step of a pipeline's file. Stateless.
final class StepFile {
  private static final int CAPACITY_MAX = 1_000_000;
  private static final int WINDOWS_MAX = 16;
  private static final int BATCH_MAX = 1024;

  private StepFile() {}

  /// @param number of the step, from 1
  static StepDefinition read(Setting setting, int number) {
    Map.Entry<String, Setting> only =
        setting
            .section("filter", "map", "lookup", "taste", "seen", "count", "vector", "model")
            .only();
    Setting body = only.getValue();
    String label = number + " " + only.getKey();
    return switch (only.getKey()) {
      case "filter" -> filter(body, label);
      case "map" -> compute(body, label);
      case "lookup" -> lookup(body, label);
      case "taste" -> taste(body, label);
      case "seen" -> seen(body, label);
      case "count" -> count(body, label);
      case "vector" -> {
        Section vector = body.section("from", "into");
        yield new StepDefinition.Vector(
            body.place(), label, vector.text("from"), vector.text("into"));
      }
      default -> model(body, label);
    };
  }

  private static StepDefinition filter(Setting body, String label) {
    if (body.isText()) {
      return new StepDefinition.When(body.place(), label, body.text());
    }
    Value filter = body.value();
    if (!(filter instanceof Value.Entries)) {
      throw body.problem("an expression, or a filter such as {action: buy}");
    }
    return new StepDefinition.Match(body.place(), label, filter);
  }

  private static StepDefinition compute(Setting body, String label) {
    Map<Text, Text> fields = new LinkedHashMap<>();
    texts(body, fields);
    if (fields.isEmpty()) {
      throw body.problem("at least one field with its expression");
    }
    return new StepDefinition.Compute(body.place(), label, fields);
  }

  private static StepDefinition lookup(Setting body, String label) {
    Section lookup = body.section("table", "key", "vector", "fields", "as", "missing");
    List<Text> fields = lookup.find("fields").map(Setting::texts).orElse(List.of());
    if (fields.isEmpty() && lookup.find("vector").isEmpty()) {
      throw body.problem("a vector, fields, or both to look up");
    }
    return new StepDefinition.Lookup(
        body.place(),
        label,
        lookup.text("table"),
        lookup.text("key"),
        lookup.findText("vector"),
        fields,
        lookup.text("as"),
        lookup.find("missing").map(it -> it.constant(Missing.class)).orElse(Missing.DEAD_LETTER));
  }

  private static StepDefinition taste(Setting body, String label) {
    Section taste = body.section("vector", "into", "weight", "half_life", "scale");
    return new StepDefinition.Taste(
        body.place(),
        label,
        taste.text("vector"),
        taste.text("into"),
        taste.findText("weight"),
        taste.required("half_life").positiveDuration(),
        taste.find("scale").map(it -> it.constant(Scale.class)).orElse(Scale.UNIT));
  }

  private static StepDefinition seen(Setting body, String label) {
    Section seen = body.section("id", "into", "capacity", "error_rate");
    double errorRate = seen.find("error_rate").map(Setting::number).orElse(0.01);
    if (errorRate < 1e-6 || errorRate > 0.5) {
      throw seen.required("error_rate").problem("0.000001 to 0.5");
    }
    return new StepDefinition.Seen(
        body.place(),
        label,
        seen.text("id"),
        seen.text("into"),
        seen.required("capacity").integer(1, CAPACITY_MAX),
        errorRate);
  }

  private static StepDefinition count(Setting body, String label) {
    Section count = body.section("into", "windows", "amount");
    Map<Text, Duration> windows = new LinkedHashMap<>();
    Setting lengths = count.required("windows");
    lengths.entries().forEach((name, it) -> windows.put(word(it, name), it.positiveDuration()));
    if (windows.isEmpty() || windows.size() > WINDOWS_MAX) {
      throw lengths.problem("1 to " + WINDOWS_MAX + " windows");
    }
    return new StepDefinition.Count(
        body.place(), label, count.text("into"), windows, count.findText("amount"));
  }

  private static StepDefinition model(Setting body, String label) {
    Section model = body.section("file", "inputs", "output", "into", "batch");
    Map<Text, Text> inputs = new LinkedHashMap<>();
    texts(model.required("inputs"), inputs);
    return new StepDefinition.Model(
        body.place(),
        label,
        model.text("file"),
        inputs,
        model.text("output"),
        model.text("into"),
        model.find("batch").map(it -> it.integer(1, BATCH_MAX)).orElse(64));
  }

  /// Adds words by the name of their key; of a list, each by its own name.
  static void texts(Setting setting, Map<Text, Text> texts) {
    if (setting.isList()) {
      setting.texts().forEach(it -> texts.put(it, it));
    } else {
      setting.entries().forEach((name, it) -> texts.put(word(it, name), it.text()));
    }
    if (texts.size() > Limits.FIELDS_MAX) {
      throw setting.problem("at most " + Limits.FIELDS_MAX);
    }
  }

  private static Text word(Setting setting, String name) {
    return new Text(setting.place(), setting.path(), name);
  }
}
