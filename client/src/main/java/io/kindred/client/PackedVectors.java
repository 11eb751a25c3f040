package io.kindred.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Vectors as they travel: little-endian float32, one behind the other. Immutable.
///
/// @param dimension components of each
/// @param count how many, those missing among them (their place holds zeros)
public record PackedVectors(ByteString bytes, int dimension, int count) {
  /// The vectors of an answer, without a copy.
  public static PackedVectors of(GetVectorsResponse response) {
    int sizeBytes = response.getDimension() * Float.BYTES;
    return new PackedVectors(
        response.getVectors(), response.getDimension(), response.getVectors().size() / sizeBytes);
  }

  /// Copies one vector to the destination's first components.
  public void copy(int index, float[] destination) {
    int sizeBytes = dimension * Float.BYTES;
    bytes
        .asReadOnlyByteBuffer()
        .slice(index * sizeBytes, sizeBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(destination, 0, dimension);
  }

  /// A vector in its packed form.
  public static Vector pack(float[] components) {
    ByteBuffer packed =
        ByteBuffer.allocate(components.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    packed.asFloatBuffer().put(components);
    return Vector.newBuilder().setPacked(UnsafeByteOperations.unsafeWrap(packed)).build();
  }

  /// The components of a vector in either form.
  public static float[] unpack(Vector vector) {
    if (vector.getPacked().isEmpty()) {
      float[] components = new float[vector.getValuesCount()];
      for (int i = 0; i < components.length; i++) {
        components[i] = vector.getValues(i);
      }
      return components;
    }
    float[] components = new float[vector.getPacked().size() / Float.BYTES];
    vector
        .getPacked()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(components);
    return components;
  }
}
