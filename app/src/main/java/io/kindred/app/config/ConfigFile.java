package io.kindred.app.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// The configuration file: a YAML mapping of the keys in [Setting], those with a dot nested. A key
/// that is not known, or comes twice, is refused with its line.
public final class ConfigFile {
  private static final int SIZE_BYTES_MAX = 1 << 20;

  private final Path path;

  private ConfigFile(Path path) {
    this.path = path;
  }

  /// Reads the file over a configuration.
  ///
  /// @throws ConfigException naming file, line, value and expectation
  public static ServeConfig read(Path path, ServeConfig base) {
    return new ConfigFile(path).over(base);
  }

  private ServeConfig over(ServeConfig base) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(path.toString()).setAllowDuplicateKeys(true).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text());
      // An empty file says nothing.
      return root.isPresent() ? mapping(base, "", root.get()) : base;
    } catch (MarkedYamlEngineException e) {
      throw new ConfigException(
          path + " line " + line(e.getProblemMark()) + ": " + e.getProblem() + " (expected: YAML)",
          e);
    } catch (YamlEngineException e) {
      throw new ConfigException(path + ": " + e.getMessage() + " (expected: YAML)", e);
    }
  }

  private String text() {
    try {
      if (Files.size(path) > SIZE_BYTES_MAX) {
        throw new ConfigException(
            path + ": " + Files.size(path) + " bytes (expected: at most " + SIZE_BYTES_MAX + ")");
      }
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new ConfigException(path + ": not UTF-8 (expected: YAML in UTF-8)", e);
    } catch (IOException e) {
      throw new ConfigException(
          path + ": cannot be read (expected: a configuration file in YAML)", e);
    }
  }

  private ServeConfig mapping(ServeConfig base, String prefix, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      if (prefix.isEmpty() && node.getTag().equals(Tag.NULL)) {
        return base;
      }
      throw problem(node, prefix.isEmpty() ? "no mapping" : prefix, "keys with values");
    }
    ServeConfig config = base;
    java.util.Set<String> seen = new java.util.HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String key = prefix + scalar(entry.getKeyNode(), "key");
      if (!seen.add(key)) {
        throw problem(entry.getKeyNode(), key, "each key once");
      }
      boolean isGroup =
          Arrays.stream(Setting.values()).anyMatch(it -> it.key().startsWith(key + "."));
      config =
          isGroup ? mapping(config, key + ".", entry.getValueNode()) : setting(config, key, entry);
    }
    return config;
  }

  private ServeConfig setting(ServeConfig config, String key, NodeTuple entry) {
    Setting setting =
        Setting.ofKey(key).orElseThrow(() -> problem(entry.getKeyNode(), key, knownKeys()));
    String value = scalar(entry.getValueNode(), key);
    return setting.set(config, value, place(entry.getValueNode()) + key);
  }

  private String scalar(Node node, String what) {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return scalar.getValue();
    }
    throw problem(node, what, "one value");
  }

  private static String knownKeys() {
    return "one of "
        + Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "));
  }

  private ConfigException problem(Node node, String what, String expectation) {
    return new ConfigException(place(node) + what + " (expected: " + expectation + ")");
  }

  private String place(Node node) {
    return path + " line " + line(node.getStartMark()) + ": ";
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(it -> it.getLine() + 1).orElse(1);
  }
}
