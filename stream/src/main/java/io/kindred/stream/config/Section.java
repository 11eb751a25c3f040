package io.kindred.stream.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keys of a pipeline's file that belong together, all of them known. Immutable.
final class Section {
  private final Setting whole;
  private final Map<String, Setting> entries;

  Section(Setting whole, Map<String, Setting> entries, List<String> known) {
    this.whole = whole;
    this.entries = entries;
    entries.forEach(
        (name, setting) -> {
          if (!known.contains(name)) {
            throw setting
                .place()
                .problem(setting.path(), "unknown key", "one of " + String.join(", ", known));
          }
        });
  }

  Setting whole() {
    return whole;
  }

  Optional<Setting> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  Setting required(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              String path = whole.path().isEmpty() ? name : whole.path() + "." + name;
              return whole.place().problem(path, "missing", "a value");
            });
  }

  Text text(String name) {
    return required(name).text();
  }

  Optional<Text> findText(String name) {
    return find(name).map(Setting::text);
  }

  Duration duration(String name, Duration otherwise) {
    return find(name).map(Setting::positiveDuration).orElse(otherwise);
  }

  /// The one key that is there.
  Map.Entry<String, Setting> only() {
    if (entries.size() != 1) {
      throw whole.problem("exactly one key");
    }
    return entries.entrySet().iterator().next();
  }
}
