package io.kindred.stream.config;

import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongPredicate;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A value of a pipeline's file with its place. What is asked of it and does not hold is an error
/// that names file, line and column, value and expectation. Immutable.
final class Setting {
  private static final String DURATION = "a duration such as 500ms, 60s, 5m, 12h or 7d";

  private final String file;
  private final String path;
  private final Node node;

  /// @param path of keys that leads here; empty for the whole file
  Setting(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  String path() {
    return path;
  }

  Place place() {
    return node.getStartMark()
        .map(mark -> new Place(file, mark.getLine() + 1, mark.getColumn() + 1))
        .orElseGet(() -> new Place(file, 1, 1));
  }

  KindredException problem(String expected) {
    return place().problem(path.isEmpty() ? "pipeline" : path, shown(), expected);
  }

  private String shown() {
    return switch (node) {
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "nothing";
      case ScalarNode scalar -> scalar.getValue();
      case SequenceNode list -> "a list of " + list.getValue().size();
      default -> "keys with values";
    };
  }

  boolean isText() {
    return node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL);
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  Text text() {
    if (node instanceof ScalarNode scalar && isText() && !scalar.getValue().isBlank()) {
      return new Text(place(), path, scalar.getValue());
    }
    throw problem("one value");
  }

  Duration duration() {
    return Durations.parse(text().value()).orElseThrow(() -> problem(DURATION));
  }

  /// A duration of at least a millisecond.
  Duration positiveDuration() {
    Duration duration = duration();
    if (duration.isZero()) {
      throw problem(DURATION + ", more than none");
    }
    return duration;
  }

  long integer(LongPredicate accepts, String expected) {
    try {
      long value = Long.parseLong(text().value());
      if (accepts.test(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw withCause(problem(expected), e);
    }
    throw problem(expected);
  }

  int integer(int min, int max) {
    return (int) integer(it -> it >= min && it <= max, "an integer, " + min + " to " + max);
  }

  double number() {
    try {
      double value = Double.parseDouble(text().value());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw withCause(problem("a finite number"), e);
    }
    throw problem("a finite number");
  }

  boolean isTrue() {
    return switch (text().value()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw problem("true or false");
    };
  }

  /// A constant, written in lower case.
  <E extends Enum<E>> E constant(Class<E> type) {
    String text = text().value();
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return constant;
      }
      names.add(name);
    }
    throw problem("one of " + String.join(", ", names));
  }

  /// The keys and values below, of which only these keys are known.
  Section section(String... known) {
    return new Section(this, entries(), List.of(known));
  }

  /// The keys and values below, whatever the keys; each comes once.
  Map<String, Setting> entries() {
    if (!(node instanceof MappingNode mapping)) {
      throw problem("keys with values");
    }
    Map<String, Setting> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Setting key = new Setting(file, path, tuple.getKeyNode());
      String name = key.text().value();
      String below = path.isEmpty() ? name : path + "." + name;
      if (entries.put(name, new Setting(file, below, tuple.getValueNode())) != null) {
        throw key.place().problem(below, "a second time", "each key once");
      }
    }
    return entries;
  }

  List<Setting> items() {
    if (!(node instanceof SequenceNode list)) {
      throw problem("a list");
    }
    List<Setting> items = new ArrayList<>();
    for (Node item : list.getValue()) {
      items.add(new Setting(file, path + "[" + items.size() + "]", item));
    }
    return items;
  }

  /// One word, or a list of them.
  List<Text> texts() {
    return isList() ? items().stream().map(Setting::text).toList() : List.of(text());
  }

  /// All of it, as JSON has it.
  Value value() {
    return switch (node) {
      case MappingNode _ -> {
        Map<String, Value> values = new LinkedHashMap<>();
        entries().forEach((name, entry) -> values.put(name, entry.value()));
        yield new Value.Entries(values);
      }
      case SequenceNode _ -> new Value.Array(items().stream().map(Setting::value).toList());
      case ScalarNode scalar -> scalarValue(scalar);
      default -> throw problem("a value");
    };
  }

  private Value scalarValue(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return Value.Null.NULL;
    }
    if (tag.equals(Tag.BOOL)) {
      return Value.of(isTrue());
    }
    if (tag.equals(Tag.INT)) {
      return Value.of(integer(_ -> true, "a 64-bit integer"));
    }
    return tag.equals(Tag.FLOAT) ? Value.of(number()) : Value.of(text);
  }

  private static KindredException withCause(KindredException problem, Throwable cause) {
    problem.initCause(cause);
    return problem;
  }
}
