package io.kindred.stream.config;

import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.stream.config.EventDefinition.FieldDefinition;
import io.kindred.stream.config.EventDefinition.FieldKind;
import io.kindred.stream.config.EventDefinition.Format;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what a pipeline's file says of its events. Stateless.
final class EventFile {
  private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final int BYTES_MAX = Limits.BATCH_BYTES_MAX;

  private EventFile() {}

  static EventDefinition read(Setting setting) {
    Section event =
        setting.section(
            "format",
            "schema_file",
            "descriptor_file",
            "message",
            "fields",
            "time",
            "late_by",
            "future_by",
            "bytes_max");
    List<FieldDefinition> fields = new ArrayList<>();
    event.required("fields").entries().forEach((name, it) -> fields.add(field(name, it)));
    if (fields.isEmpty() || fields.size() > Limits.FIELDS_MAX) {
      throw event.required("fields").problem("1 to " + Limits.FIELDS_MAX + " fields");
    }
    return new EventDefinition(
        format(event),
        fields,
        event.findText("time"),
        event.duration("late_by", Duration.ofDays(1)),
        event.duration("future_by", Duration.ofMinutes(5)),
        event
            .find("bytes_max")
            .map(it -> it.integer(1, BYTES_MAX))
            .orElse(EventDefinition.BYTES_MAX_DEFAULT));
  }

  private static Format format(Section event) {
    Optional<Text> text = event.findText("format");
    String name = text.map(Text::value).orElse("json");
    return switch (name) {
      case "json" -> {
        refuse(event, "only with format: avro", "schema_file");
        refuse(event, "only with format: protobuf", "descriptor_file", "message");
        yield new Format.Json();
      }
      case "avro" -> {
        refuse(event, "only with format: protobuf", "descriptor_file", "message");
        yield new Format.Avro(event.text("schema_file"));
      }
      case "protobuf" -> {
        refuse(event, "only with format: avro", "schema_file");
        yield new Format.Protobuf(event.text("descriptor_file"), event.text("message"));
      }
      default -> throw event.required("format").problem("one of json, avro, protobuf");
    };
  }

  private static void refuse(Section event, String expected, String... names) {
    for (String name : names) {
      event
          .find(name)
          .ifPresent(
              it -> {
                throw it.problem("this key " + expected);
              });
    }
  }

  private static FieldDefinition field(String name, Setting setting) {
    Text text = new Text(setting.place(), setting.path(), name);
    if (!FIELD.matcher(name).matches()) {
      throw text.problem("a name of 1 to 64 letters, digits and '_', not starting with a digit");
    }
    if (setting.isText()) {
      return new FieldDefinition(
          text, name, setting.constant(FieldKind.class), false, null, null, List.of(), 0);
    }
    Section field =
        setting.section("type", "from", "required", "min", "max", "one_of", "dimension");
    FieldKind kind = field.required("type").constant(FieldKind.class);
    boolean isNumber = kind == FieldKind.INT64 || kind == FieldKind.FLOAT64;
    requireKind(field, isNumber, "only with int64 and float64", "min", "max");
    requireKind(
        field, isNumber || kind == FieldKind.STRING, "only with text and numbers", "one_of");
    requireKind(field, kind == FieldKind.VECTOR, "only with vectors", "dimension");
    return new FieldDefinition(
        text,
        field.findText("from").map(Text::value).orElse(name),
        kind,
        field.find("required").map(Setting::isTrue).orElse(false),
        field.find("min").map(Setting::number).orElse(null),
        field.find("max").map(Setting::number).orElse(null),
        field.find("one_of").map(it -> oneOf(it, kind)).orElse(List.of()),
        field.find("dimension").map(it -> it.integer(1, Limits.DIMENSION_MAX)).orElse(0));
  }

  private static void requireKind(Section field, boolean holds, String expected, String... names) {
    if (!holds) {
      refuse(field, expected, names);
    }
  }

  private static List<Value> oneOf(Setting setting, FieldKind kind) {
    List<Value> values = new ArrayList<>();
    for (Setting item : setting.items()) {
      values.add(
          switch (kind) {
            case INT64 -> Value.of(item.integer(_ -> true, "a 64-bit integer"));
            case FLOAT64 -> Value.of(item.number());
            default -> Value.of(item.text().value());
          });
    }
    if (values.isEmpty()) {
      throw setting.problem("at least one value");
    }
    return values;
  }
}
