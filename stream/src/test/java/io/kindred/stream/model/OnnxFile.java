package io.kindred.stream.model;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes small models in ONNX format: one graph of a few nodes, as `onnx.proto` lays it out.
public final class OnnxFile {
  public static final int FLOAT = 1;
  public static final int INT64 = 7;

  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  /// A message's fields.
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private OnnxFile add(int field, byte[] message) {
    graph.writeBytes(message(out -> out.writeByteArray(field, message)));
    return this;
  }

  /// An input or output.
  ///
  /// @param shape -1 for the batch
  private static byte[] value(String name, int type, long... shape) {
    byte[] dimensions =
        message(
            out -> {
              for (long length : shape) {
                out.writeByteArray(
                    1,
                    message(
                        it -> {
                          if (length < 0) {
                            it.writeString(2, "batch");
                          } else {
                            it.writeInt64(1, length);
                          }
                        }));
              }
            });
    byte[] tensor =
        message(
            out -> {
              out.writeInt32(1, type);
              out.writeByteArray(2, dimensions);
            });
    return message(
        out -> {
          out.writeString(1, name);
          out.writeByteArray(2, message(it -> it.writeByteArray(1, tensor)));
        });
  }

  public OnnxFile input(String name, int type, long... shape) {
    return add(11, value(name, type, shape));
  }

  public OnnxFile output(String name, int type, long... shape) {
    return add(12, value(name, type, shape));
  }

  /// A node of the graph.
  public OnnxFile node(String operation, String output, String... inputs) {
    return add(
        1,
        message(
            out -> {
              for (String input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, output);
              out.writeString(4, operation);
            }));
  }

  /// A matrix of float32 that the graph holds.
  public OnnxFile constant(String name, float[][] rows) {
    ByteBuffer raw =
        ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float component : row) {
        raw.putFloat(component);
      }
    }
    return add(
        5,
        message(
            out -> {
              out.writeInt64(1, rows.length);
              out.writeInt64(1, rows[0].length);
              out.writeInt32(2, FLOAT);
              out.writeString(8, name);
              out.writeByteArray(9, raw.array());
            }));
  }

  public Path write(Path file) throws IOException {
    byte[] opset =
        message(
            out -> {
              out.writeString(1, "");
              out.writeInt64(2, OPSET);
            });
    graph.writeBytes(message(out -> out.writeString(2, "graph")));
    return Files.write(
        file,
        message(
            out -> {
              out.writeInt64(1, IR_VERSION);
              out.writeByteArray(7, graph.toByteArray());
              out.writeByteArray(8, opset);
            }));
  }

  /// A model whose output `vector` is twice its input `history`, both of that dimension.
  public static OnnxFile doubling(int dimension) {
    return new OnnxFile()
        .input("history", FLOAT, -1, dimension)
        .node("Add", "vector", "history", "history")
        .output("vector", FLOAT, -1, dimension);
  }
}
