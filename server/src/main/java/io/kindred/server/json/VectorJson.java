package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.TableSpec;
import io.kindred.server.rows.DeclaredFields;
import java.io.IOException;
import java.util.Arrays;

/// Vectors in JSON: arrays of numbers, read straight into `float[]`.
public final class VectorJson {
  private static final int CAPACITY = 128;

  private VectorJson() {}

  /// Reads a vector of a table's field.
  ///
  /// @throws KindredException `UNKNOWN_FIELD`, `DIMENSION_MISMATCH`, or `INVALID_VECTOR` where a
  ///   component is no finite float32
  static float[] readExactly(JsonParser in, TableSpec table, String field) throws IOException {
    int dimension = DeclaredFields.vector(table, field).dimension();
    float[] vector = read(in, new float[dimension], "table: " + table.name() + ", field: " + field);
    if (vector.length != dimension) {
      throw DeclaredFields.wrongDimension(vector.length, dimension, table.name(), field);
    }
    return vector;
  }

  /// Reads a vector of any dimension, where its field is not known yet.
  static float[] read(JsonParser in, TableSpec table) throws IOException {
    return read(in, new float[CAPACITY], "table: " + table.name());
  }

  private static float[] read(JsonParser in, float[] buffer, String place) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw invalid(in, "an array of numbers, " + place);
    }
    float[] vector = buffer;
    int count = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (count == vector.length) {
        vector = Arrays.copyOf(vector, grown(count, place));
      }
      vector[count++] = component(in, place);
    }
    return count == vector.length ? vector : Arrays.copyOf(vector, count);
  }

  private static int grown(int count, String place) {
    if (count >= Limits.DIMENSION_MAX) {
      throw KindredException.of(
          ErrorCode.DIMENSION_MISMATCH,
          "dimension",
          "more than " + count,
          "at most " + Limits.DIMENSION_MAX + ", " + place);
    }
    return Math.min(count * 2, Limits.DIMENSION_MAX);
  }

  private static float component(JsonParser in, String place) throws IOException {
    if (!in.currentToken().isNumeric()) {
      throw invalid(in, "a number, " + place);
    }
    float component = in.getFloatValue();
    if (!Float.isFinite(component)) {
      throw invalid(in, "a finite float32, " + place);
    }
    return component;
  }

  private static KindredException invalid(JsonParser in, String expected) throws IOException {
    return new KindredException(
        ErrorCode.INVALID_VECTOR,
        String.valueOf(Members.wrong(in, "vector", expected).getMessage()));
  }

  public static void write(float[] vector, JsonGenerator out) throws IOException {
    out.writeStartArray();
    for (float component : vector) {
      out.writeNumber(component);
    }
    out.writeEndArray();
  }
}
