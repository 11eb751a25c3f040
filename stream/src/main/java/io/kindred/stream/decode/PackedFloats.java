package io.kindred.stream.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Vectors as bytes: little-endian float32, as Kindred's own API packs them. Stateless.
final class PackedFloats {
  private PackedFloats() {}

  /// The vector, or the bytes where their number is none of whole components.
  static Object read(ByteBuffer bytes) {
    if (bytes.remaining() % Float.BYTES != 0) {
      return bytes;
    }
    float[] vector = new float[bytes.remaining() / Float.BYTES];
    bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }
}
