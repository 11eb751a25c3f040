package io.kindred.stream.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.kindred.engine.KindredException;
import io.kindred.stream.config.Text;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A model in an ONNX file, which makes of each row of its inputs a vector. Thread-safe.
///
/// The first axis of every input and of the output is the batch.
public final class OnnxModel implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Text file;
  private final String output;
  private final int outputWidth;

  private OnnxModel(OrtEnvironment environment, OrtSession session, Text file, Text output) {
    this.environment = environment;
    this.session = session;
    this.file = file;
    this.output = output.value();
    this.outputWidth = outputWidth(output);
  }

  /// @throws KindredException where the file is no model, or has no such output: float32 of one
  ///   vector a row
  public static OnnxModel open(Text file, Text output) {
    // What fails is thrown; the library's own log would say it a second time on standard error.
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "kindred");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      requireFile(file);
      // Batches of several partitions run side by side; one thread each keeps them from queueing.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      OrtSession session = environment.createSession(file.value(), options);
      try {
        return new OnnxModel(environment, session, file, output);
      } catch (RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException | InvalidPathException e) {
      throw caused(file.problem("a model in ONNX format; " + e.getMessage()), e);
    }
  }

  private static void requireFile(Text file) {
    if (!Files.isRegularFile(Path.of(file.value()))) {
      throw file.problem("a file in ONNX format; there is none");
    }
  }

  private int outputWidth(Text name) {
    TensorInfo info = tensor(outputs().get(name.value()), name, outputs().keySet().toString());
    long[] shape = info.getShape();
    if (info.type != OnnxJavaType.FLOAT || shape.length != 2) {
      throw name.problem(
          "an output of float32 with the shape [batch, dimension]; this is " + shown(info));
    }
    return (int) Math.max(shape[1], 0);
  }

  private Map<String, NodeInfo> outputs() {
    try {
      return session.getOutputInfo();
    } catch (OrtException e) {
      throw caused(file.problem("a model in ONNX format; " + e.getMessage()), e);
    }
  }

  private Map<String, NodeInfo> inputs() {
    try {
      return session.getInputInfo();
    } catch (OrtException e) {
      throw caused(file.problem("a model in ONNX format; " + e.getMessage()), e);
    }
  }

  private static TensorInfo tensor(
      @org.jspecify.annotations.Nullable NodeInfo info, Text name, String known) {
    if (info == null || !(info.getInfo() instanceof TensorInfo tensor)) {
      throw name.problem("one of the model's tensors: " + known);
    }
    return tensor;
  }

  private static String shown(TensorInfo info) {
    return info.type + " " + Arrays.toString(info.getShape());
  }

  /// Components of each vector that it makes; 0 where the file leaves that open.
  public int outputWidth() {
    return outputWidth;
  }

  /// The model's inputs, each with the field that is named for it.
  ///
  /// @param names fields of the event by input
  /// @throws KindredException where an input is not named, or a named one is not there
  public Map<ModelInput, Text> bind(Map<Text, Text> names) {
    Map<String, NodeInfo> inputs = inputs();
    Set<String> unbound = new LinkedHashSet<>(inputs.keySet());
    Map<ModelInput, Text> bound = new LinkedHashMap<>();
    for (Map.Entry<Text, Text> entry : names.entrySet()) {
      Text name = entry.getKey();
      TensorInfo info = tensor(inputs.get(name.value()), name, inputs.keySet().toString());
      bound.put(ModelInput.of(name, info), entry.getValue());
      unbound.remove(name.value());
    }
    if (!unbound.isEmpty()) {
      throw file.problem("a model of which all inputs are named; missing: " + unbound);
    }
    return bound;
  }

  /// The vectors of some rows.
  ///
  /// @param rows what each input takes, row by row, by the input's name
  /// @throws ModelException where the model fails, or answers with another shape
  public float[][] infer(Map<ModelInput, List<Object>> rows) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (Map.Entry<ModelInput, List<Object>> entry : rows.entrySet()) {
        tensors.put(entry.getKey().name(), entry.getKey().tensor(environment, entry.getValue()));
      }
      int count = rows.values().iterator().next().size();
      try (OrtSession.Result result = session.run(tensors, Set.of(output))) {
        return vectors((OnnxTensor) result.get(0), count);
      }
    } catch (OrtException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private float[][] vectors(OnnxTensor tensor, int count) {
    long[] shape = tensor.getInfo().getShape();
    if (shape.length != 2 || shape[0] != count || shape[1] > Integer.MAX_VALUE) {
      throw new ModelException(
          file
              + ": output "
              + output
              + ": shape "
              + Arrays.toString(shape)
              + " (expected: ["
              + count
              + ", dimension])",
          null);
    }
    FloatBuffer floats = tensor.getFloatBuffer();
    float[][] vectors = new float[count][(int) shape[1]];
    for (float[] vector : vectors) {
      floats.get(vector);
    }
    return vectors;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new ModelException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  static KindredException caused(KindredException problem, Throwable cause) {
    problem.initCause(cause);
    return problem;
  }
}
