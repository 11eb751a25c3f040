package io.kindred.app.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Files of rows to read, and what is in them.
final class RowFixture {
  private RowFixture() {}

  static List<RowItem> readAll(Path path, FileFormat format, String... vectorFields)
      throws IOException {
    List<RowItem> items = new ArrayList<>();
    RowFile file = new RowFile(path, format, "embedding", Set.of(vectorFields));
    try (RowReader reader = file.open()) {
      for (RowItem item = reader.next(); item != null; item = reader.next()) {
        items.add(item);
      }
    }
    return items;
  }

  static DraftRow draft(RowItem item) {
    return switch (item) {
      case DraftRow row -> row;
      case RowItem.Malformed malformed -> throw new AssertionError(malformed.toString());
    };
  }

  static RowItem.Malformed malformed(RowItem item) {
    return switch (item) {
      case DraftRow row -> throw new AssertionError(row.toString());
      case RowItem.Malformed malformed -> malformed;
    };
  }

  static float[] vector(RowItem item, String field) {
    float[] vector = draft(item).vectors().get(field);
    if (vector == null) {
      throw new AssertionError("no vector " + field + " in " + item);
    }
    return vector;
  }

  static byte[] fvecs(float[]... vectors) {
    int bytes = 0;
    for (float[] vector : vectors) {
      bytes += Integer.BYTES + vector.length * Float.BYTES;
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] vector : vectors) {
      buffer.putInt(vector.length);
      for (float component : vector) {
        buffer.putFloat(component);
      }
    }
    return buffer.array();
  }

  /// An npy file with that header and those bytes behind it.
  static byte[] npy(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer buffer =
        ByteBuffer.allocate(8 + lengthBytes + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    buffer.put((byte) version).put((byte) 0);
    if (version == 1) {
      buffer.putShort((short) text.length);
    } else {
      buffer.putInt(text.length);
    }
    return buffer.put(text).put(data).array();
  }

  static Path write(Path directory, String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
