package io.kindred.stream.config;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// YAML, read into settings that know their place. Stateless.
final class YamlFile {
  private static final int SIZE_BYTES_MAX = 1 << 20;

  private YamlFile() {}

  static String text(Path path) {
    try {
      long size = Files.size(path);
      if (size > SIZE_BYTES_MAX) {
        throw invalid(
            path + ": " + size + " bytes (expected: at most " + SIZE_BYTES_MAX + ")", null);
      }
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw invalid(path + ": not UTF-8 (expected: YAML in UTF-8)", e);
    } catch (IOException e) {
      throw invalid(path + ": cannot be read (expected: a pipeline in YAML)", e);
    }
  }

  /// @param label what errors call the file
  static Setting parse(String label, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(label).setAllowDuplicateKeys(true).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      return new Setting(
          label,
          "",
          root.orElseThrow(() -> invalid(label + ": empty (expected: a pipeline in YAML)", null)));
    } catch (MarkedYamlEngineException e) {
      Place place =
          e.getProblemMark().map(mark -> place(label, mark)).orElse(new Place(label, 1, 1));
      throw invalid(place + ": " + e.getProblem() + " (expected: YAML)", e);
    } catch (YamlEngineException e) {
      throw invalid(label + ": " + e.getMessage() + " (expected: YAML)", e);
    }
  }

  private static Place place(String label, Mark mark) {
    return new Place(label, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static KindredException invalid(
      String message, @org.jspecify.annotations.Nullable Throwable cause) {
    return cause == null
        ? new KindredException(ErrorCode.INVALID_ARGUMENT, message)
        : new KindredException(ErrorCode.INVALID_ARGUMENT, message, cause);
  }
}
