package io.kindred.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.FieldType;
import io.kindred.stream.config.Place;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxModelTest {
  private static final Place PLACE = new Place("p.yaml", 5, 9);

  @TempDir private Path directory;

  private static Text text(String path, String value) {
    return new Text(PLACE, "steps[0].model." + path, value);
  }

  private static OnnxModel open(Path file) {
    return OnnxModel.open(text("file", file.toString()), text("output", "vector"));
  }

  private static Map<ModelInput, Text> bind(OnnxModel model, String... inputs) {
    Map<Text, Text> names = new LinkedHashMap<>();
    for (String input : inputs) {
      names.put(text("inputs." + input, input), text("inputs." + input, "field"));
    }
    return model.bind(names);
  }

  @Test
  void aBatchOfRowsIsComputedAtOnce() throws Exception {
    Path file =
        new OnnxFile()
            .input("history", OnnxFile.FLOAT, -1, 2)
            .input("amount", OnnxFile.FLOAT, -1, 1)
            .node("Mul", "vector", "history", "amount")
            .output("vector", OnnxFile.FLOAT, -1, 2)
            .write(directory.resolve("m.onnx"));

    try (OnnxModel model = open(file)) {
      assertThat(model.outputWidth()).isEqualTo(2);
      Map<ModelInput, Text> inputs = bind(model, "history", "amount");
      Map<ModelInput, List<Object>> rows = new LinkedHashMap<>();
      inputs.forEach(
          (input, _) ->
              rows.put(
                  input,
                  input.name().equals("history")
                      ? List.of(new float[] {1, 2}, new float[] {3, 4})
                      : List.of(2.0, 10L)));

      assertThat(model.infer(rows)).isDeepEqualTo(new float[][] {{2, 4}, {30, 40}});
    }
  }

  @Test
  void aFileThatIsMissingOrNoModelIsNamedWithItsPlace() throws Exception {
    assertThatThrownBy(() -> open(directory.resolve("none.onnx")))
        .hasMessageStartingWith("p.yaml:5:9: steps[0].model.file: ")
        .hasMessageContaining("none.onnx (expected: a file in ONNX format; there is none)");
    Path nonsense = Files.writeString(directory.resolve("x.onnx"), "nonsense");
    assertThatThrownBy(() -> open(nonsense))
        .hasMessageContaining("x.onnx (expected: a model in ONNX format; ");
  }

  @Test
  void anOutputThatIsMissingOrOfAnotherShapeIsRefused() throws Exception {
    Path file = OnnxFile.doubling(2).write(directory.resolve("m.onnx"));
    assertThatThrownBy(() -> OnnxModel.open(text("file", file.toString()), text("output", "score")))
        .hasMessage(
            "p.yaml:5:9: steps[0].model.output: score (expected: one of the model's tensors:"
                + " [vector])");
    Path flat =
        new OnnxFile()
            .input("history", OnnxFile.FLOAT, -1)
            .node("Add", "vector", "history", "history")
            .output("vector", OnnxFile.FLOAT, -1)
            .write(directory.resolve("flat.onnx"));
    assertThatThrownBy(() -> open(flat))
        .hasMessageContaining(
            "an output of float32 with the shape [batch, dimension]; this is FLOAT [-1]");
  }

  @Test
  void inputsAreNamedAllAndNoOthers() throws Exception {
    Path file = OnnxFile.doubling(2).write(directory.resolve("m.onnx"));
    try (OnnxModel model = open(file)) {
      assertThatThrownBy(() -> bind(model, "history", "age"))
          .hasMessageContaining(
              "inputs.age: age (expected: one of the model's tensors: [history])");
      assertThatThrownBy(() -> bind(model))
          .hasMessageContaining("a model of which all inputs are named; missing: [history]");
    }
  }

  @Test
  void aFieldHasToFitItsInput() throws Exception {
    Path file = OnnxFile.doubling(2).write(directory.resolve("m.onnx"));
    try (OnnxModel model = open(file)) {
      ModelInput input = bind(model, "history").keySet().iterator().next();
      Text place = text("inputs.history", "field");

      input.requireTakes(new Field("field", 0, new Shape.Vector(2, true)), place);
      assertThatThrownBy(
              () -> input.requireTakes(new Field("field", 0, new Shape.Vector(3, true)), place))
          .hasMessageContaining("fits the input: FLOAT [batch, 2]; this is vector of 3)");
      assertThatThrownBy(
              () ->
                  input.requireTakes(
                      new Field("field", 0, new Shape.Scalar(FieldType.STRING, true)), place))
          .hasMessageContaining("fits the input: FLOAT [batch, 2]; this is string)");
    }
  }

  @Test
  void aRowThatAModelCannotTakeIsAFailureOfTheModel() throws Exception {
    Path file =
        new OnnxFile()
            .input("item", OnnxFile.INT64, -1)
            .constant("rows", new float[][] {{1, 2}, {3, 4}})
            .node("Gather", "vector", "rows", "item")
            .output("vector", OnnxFile.FLOAT, -1, 2)
            .write(directory.resolve("gather.onnx"));
    try (OnnxModel model = open(file)) {
      ModelInput input = bind(model, "item").keySet().iterator().next();

      assertThat(model.infer(Map.of(input, List.of(1L, 0L))))
          .isDeepEqualTo(new float[][] {{3, 4}, {1, 2}});
      assertThatThrownBy(() -> model.infer(Map.of(input, List.of(1L, 99L))))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("gather.onnx: ");
    }
  }
}
