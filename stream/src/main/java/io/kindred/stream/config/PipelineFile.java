package io.kindred.stream.config;

import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.stream.TableReader;
import io.kindred.stream.config.PipelineDefinition.RetryDefinition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Reads the file of a pipeline, as `docs/pipeline.md` describes it. Stateless.
///
/// What is wrong is refused with `INVALID_ARGUMENT`, naming file, line and column, value and
/// expectation; a key that is not known is wrong too.
public final class PipelineFile {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");
  private static final int STEPS_MAX = 64;

  private final TableReader tables;

  private PipelineFile(TableReader tables) {
    this.tables = tables;
  }

  public static PipelineDefinition read(Path path, TableReader tables) {
    return parse(path.toString(), YamlFile.text(path), tables);
  }

  /// @param label what errors call the text
  public static PipelineDefinition parse(String label, String text, TableReader tables) {
    return new PipelineFile(tables).pipeline(YamlFile.parse(label, text));
  }

  private PipelineDefinition pipeline(Setting root) {
    Section section =
        root.section("pipeline", "source", "event", "steps", "sink", "dead_letters", "retry");
    Text name = section.text("pipeline");
    if (!NAME.matcher(name.value()).matches()) {
      throw name.problem("1 to 64 letters, digits, '_' or '-', not starting with '-'");
    }
    SourceDefinition source = source(section.required("source"), name.value());
    return new PipelineDefinition(
        name,
        source,
        EventFile.read(section.required("event")),
        steps(section.find("steps")),
        sink(section.required("sink")),
        deadLetters(section, source),
        section.find("retry").map(PipelineFile::retry).orElse(RetryDefinition.DEFAULT));
  }

  private static SourceDefinition source(Setting setting, String pipeline) {
    Map.Entry<String, Setting> only = setting.section("kafka", "file", "push").only();
    return switch (only.getKey()) {
      case "kafka" -> kafka(only.getValue(), pipeline);
      case "file" -> {
        Section file = only.getValue().section("path", "follow");
        yield new SourceDefinition.Files(
            file.text("path"), file.find("follow").map(Setting::isTrue).orElse(false));
      }
      default -> {
        only.getValue().section();
        yield new SourceDefinition.Push();
      }
    };
  }

  private static SourceDefinition.Kafka kafka(Setting setting, String pipeline) {
    Section kafka =
        setting.section("bootstrap", "topics", "topic_pattern", "group", "from", "properties");
    Optional<Setting> pattern = kafka.find("topic_pattern");
    if (pattern.isPresent() == kafka.find("topics").isPresent()) {
      throw setting.problem("either topics or topic_pattern");
    }
    Map<String, String> properties = new LinkedHashMap<>();
    kafka
        .find("properties")
        .ifPresent(
            it ->
                it.entries().forEach((name, value) -> properties.put(name, value.text().value())));
    List<Text> topics =
        pattern
            .map(it -> List.of(regularExpression(it.text())))
            .orElseGet(() -> kafka.required("topics").texts());
    return new SourceDefinition.Kafka(
        kafka.text("bootstrap"),
        topics,
        pattern.isPresent(),
        kafka.findText("group").map(Text::value).orElse("kindred-" + pipeline),
        kafka
            .find("from")
            .map(it -> it.constant(SourceDefinition.From.class))
            .orElse(SourceDefinition.From.EARLIEST),
        properties);
  }

  private static Text regularExpression(Text text) {
    try {
      Pattern.compile(text.value());
      return text;
    } catch (PatternSyntaxException e) {
      KindredException problem = text.problem("a regular expression; " + e.getDescription());
      problem.initCause(e);
      throw problem;
    }
  }

  private static List<StepDefinition> steps(Optional<Setting> setting) {
    List<StepDefinition> steps = new ArrayList<>();
    setting.ifPresent(
        list -> {
          List<Setting> items = list.items();
          if (items.size() > STEPS_MAX) {
            throw list.problem("at most " + STEPS_MAX + " steps");
          }
          for (int i = 0; i < items.size(); i++) {
            steps.add(StepFile.read(items.get(i), i + 1));
          }
        });
    return steps;
  }

  private SinkDefinition sink(Setting setting) {
    Section sink = setting.section("table", "key", "ttl", "fields", "create");
    Map<Text, Text> fields = new LinkedHashMap<>();
    sink.find("fields").ifPresent(it -> StepFile.texts(it, fields));
    Text table = sink.text("table");
    return new SinkDefinition(
        table,
        sink.text("key"),
        fields,
        sink.find("ttl").map(Setting::positiveDuration),
        sink.find("create").map(it -> create(it, table)));
  }

  private TableSpec create(Setting setting, Text table) {
    Map<String, io.kindred.engine.Value> members = new LinkedHashMap<>();
    members.put("name", io.kindred.engine.Value.of(table.value()));
    setting.entries().forEach((name, entry) -> members.put(name, entry.value()));
    String json = JsonText.of(new io.kindred.engine.Value.Entries(members));
    try {
      return tables.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (KindredException e) {
      throw new KindredException(
          e.code(), setting.place() + ": " + setting.path() + "." + e.getMessage(), e);
    }
  }

  private static @Nullable DeadLetterDefinition deadLetters(
      Section pipeline, SourceDefinition source) {
    Optional<Setting> setting = pipeline.find("dead_letters");
    if (setting.isEmpty()) {
      if (source instanceof SourceDefinition.Push) {
        return null;
      }
      throw pipeline
          .whole()
          .place()
          .problem(
              "dead_letters",
              "missing",
              "{topic: …} or {file: …}, where events go that cannot be processed");
    }
    Map.Entry<String, Setting> only = setting.get().section("topic", "file").only();
    Text where = only.getValue().text();
    if ("file".equals(only.getKey())) {
      return new DeadLetterDefinition.File(where);
    }
    if (!(source instanceof SourceDefinition.Kafka)) {
      throw where.problem("a file, since the source is not Kafka");
    }
    return new DeadLetterDefinition.Topic(where);
  }

  private static RetryDefinition retry(Setting setting) {
    Section retry = setting.section("first", "most", "attempts");
    RetryDefinition otherwise = RetryDefinition.DEFAULT;
    RetryDefinition read =
        new RetryDefinition(
            retry.duration("first", otherwise.first()),
            retry.duration("most", otherwise.most()),
            retry.find("attempts").map(it -> it.integer(1, 1000)).orElse(otherwise.attempts()));
    if (read.most().compareTo(read.first()) < 0) {
      throw setting.problem("most, the longest wait, to be no shorter than first");
    }
    return read;
  }
}
