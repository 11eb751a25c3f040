package io.kindred.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.protocol.v1.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Vectors in protobuf: packed little-endian float32, or numbers.
final class ProtoVectors {
  private ProtoVectors() {}

  /// @param place where the vector belongs, for errors: `table: items, field: embedding`
  static float[] read(Vector vector, String place) {
    ByteString packed = vector.getPacked();
    if (packed.isEmpty()) {
      return numbers(vector);
    }
    if (vector.getValuesCount() > 0) {
      throw KindredException.of(
          ErrorCode.INVALID_VECTOR, "vector", "packed and values", "one of the two, " + place);
    }
    if (packed.size() % Float.BYTES != 0) {
      throw KindredException.of(
          ErrorCode.INVALID_VECTOR,
          "packed vector",
          packed.size() + " bytes",
          "a multiple of 4, " + place);
    }
    float[] components = new float[packed.size() / Float.BYTES];
    packed.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(components);
    return components;
  }

  private static float[] numbers(Vector vector) {
    float[] components = new float[vector.getValuesCount()];
    for (int i = 0; i < components.length; i++) {
      components[i] = vector.getValues(i);
    }
    return components;
  }

  static Vector write(float[] components) {
    ByteBuffer bytes =
        ByteBuffer.allocate(components.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(components);
    return Vector.newBuilder().setPacked(UnsafeByteOperations.unsafeWrap(bytes)).build();
  }
}
