package io.kindred.stream.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.kindred.engine.FieldType;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Shape;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;

/// One input of a model: the type of its values and how many of them a row has. Immutable.
///
/// @param width values a row; 0 where the file leaves that open
/// @param rank 1 where a row is a single value without an axis of its own, else 2
/// @param batchMax rows that it takes at once: 1 where the file says so, else any number
public record ModelInput(String name, OnnxJavaType type, int width, int rank, int batchMax) {

  static ModelInput of(Text name, TensorInfo info) {
    long[] shape = info.getShape();
    boolean isKnownType =
        switch (info.type) {
          case FLOAT, DOUBLE, INT64, INT32, BOOL, STRING -> true;
          default -> false;
        };
    boolean isKnownShape =
        (shape.length == 1 || shape.length == 2) && (shape[0] == -1 || shape[0] == 1);
    if (!isKnownType || !isKnownShape) {
      throw name.problem(
          "an input of float32, float64, int64, int32, bool or string with the shape [batch] or"
              + " [batch, width]; this is "
              + info.type
              + " "
              + Arrays.toString(shape));
    }
    return new ModelInput(
        name.value(),
        info.type,
        shape.length == 1 ? 1 : (int) Math.max(shape[1], 0),
        shape.length,
        shape[0] == 1 ? 1 : Integer.MAX_VALUE);
  }

  /// Checks that rows can be made of a field.
  ///
  /// @param place where the field is named
  public void requireTakes(Field field, Text place) {
    switch (field.shape()) {
      case Shape.Vector(int dimension, _) -> {
        if (type != OnnxJavaType.FLOAT
            || rank != 2
            || dimension == 0
            || (width != 0 && width != dimension)) {
          throw place.problem(
              "a field of known dimension that fits the input: "
                  + this
                  + "; this is "
                  + field.shape());
        }
      }
      case Shape.Scalar(FieldType scalar, _) -> {
        if (width > 1 || !takes(scalar)) {
          throw place.problem(
              "a field that fits the input: " + this + "; this is " + field.shape());
        }
      }
    }
  }

  private boolean takes(FieldType scalar) {
    return switch (type) {
      case FLOAT, DOUBLE -> scalar == FieldType.FLOAT64 || scalar == FieldType.INT64;
      case INT64, INT32 -> scalar == FieldType.INT64;
      case BOOL -> scalar == FieldType.BOOL;
      default -> scalar == FieldType.STRING;
    };
  }

  /// A row of zeros or empty text, by which a model shows that it works at all.
  public Object blank() {
    return switch (type) {
      case BOOL -> false;
      case STRING -> "";
      case FLOAT -> rank == 2 ? new float[Math.max(width, 1)] : Float.valueOf(0);
      default -> 0.0;
    };
  }

  /// The tensor of some rows.
  ///
  /// @param rows of each, a `float[]`, a number, a truth or a text
  OnnxTensor tensor(OrtEnvironment environment, List<Object> rows) throws OrtException {
    int count = rows.size();
    int each = rows.getFirst() instanceof float[] vector ? vector.length : 1;
    long[] shape = rank == 1 ? new long[] {count} : new long[] {count, each};
    return switch (type) {
      case FLOAT -> {
        FloatBuffer floats = FloatBuffer.allocate(count * each);
        for (Object row : rows) {
          if (row instanceof float[] vector) {
            floats.put(vector);
          } else {
            floats.put(((Number) row).floatValue());
          }
        }
        yield OnnxTensor.createTensor(environment, floats.flip(), shape);
      }
      case DOUBLE -> {
        DoubleBuffer doubles = DoubleBuffer.allocate(count);
        rows.forEach(row -> doubles.put(((Number) row).doubleValue()));
        yield OnnxTensor.createTensor(environment, doubles.flip(), shape);
      }
      case INT64 -> {
        LongBuffer longs = LongBuffer.allocate(count);
        rows.forEach(row -> longs.put(((Number) row).longValue()));
        yield OnnxTensor.createTensor(environment, longs.flip(), shape);
      }
      case INT32 -> {
        IntBuffer ints = IntBuffer.allocate(count);
        rows.forEach(row -> ints.put(((Number) row).intValue()));
        yield OnnxTensor.createTensor(environment, ints.flip(), shape);
      }
      case BOOL -> {
        ByteBuffer flags = ByteBuffer.allocateDirect(count);
        rows.forEach(row -> flags.put((byte) (row.equals(true) ? 1 : 0)));
        yield OnnxTensor.createTensor(environment, flags.flip(), shape, OnnxJavaType.BOOL);
      }
      default ->
          OnnxTensor.createTensor(
              environment, rows.stream().map(Object::toString).toArray(String[]::new), shape);
    };
  }

  @Override
  public String toString() {
    return type + (rank == 1 ? " [batch]" : " [batch, " + (width == 0 ? "any" : width) + "]");
  }
}
