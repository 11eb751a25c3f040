package io.kindred.app.fuzz;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Changes a protobuf message field by field, without its schema: fields go, come twice, change
/// their number, their type, their length or their value. Stateless.
final class ProtobufMutations {
  private static final int NESTING_MAX = 200;

  private ProtobufMutations() {}

  /// A field as it stands on the wire.
  ///
  /// @param value what follows the tag, a length included
  private record Field(int number, int wireType, byte[] value) {}

  /// The message, changed once to four times; mostly by its fields.
  static byte[] of(Random random, byte[] message, byte[] other) {
    byte[] bytes = message;
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes =
          random.nextInt(6) == 0
              ? Mutations.once(random, bytes, other)
              : once(random, bytes, other);
    }
    return bytes;
  }

  private static byte[] once(Random random, byte[] message, byte[] other) {
    List<Field> fields = fields(message);
    if (fields.isEmpty()) {
      return Mutations.once(random, message, other);
    }
    int at = random.nextInt(fields.size());
    Field field = fields.get(at);
    switch (random.nextInt(9)) {
      case 0 -> fields.remove(at);
      case 1 -> fields.addAll(Collections.nCopies(1 + random.nextInt(20), field));
      case 2 -> Collections.shuffle(fields, random);
      case 3 -> fields.addAll(fields(other));
      case 4 -> fields.set(at, new Field(1 + random.nextInt(24), field.wireType(), field.value()));
      case 5 -> fields.set(at, new Field(field.number(), random.nextInt(8), field.value()));
      default -> fields.set(at, changed(random, field, other));
    }
    return bytes(fields);
  }

  private static Field changed(Random random, Field field, byte[] other) {
    return switch (field.wireType()) {
      case WireFormat.WIRETYPE_VARINT ->
          new Field(field.number(), field.wireType(), varint(number(random)));
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> delimited(random, field, other);
      default ->
          new Field(field.number(), field.wireType(), Mutations.once(random, field.value(), other));
    };
  }

  private static Field delimited(Random random, Field field, byte[] other) {
    byte[] content = content(field.value());
    byte[] changed =
        switch (random.nextInt(6)) {
          case 0 -> Mutations.text(random);
          case 1 -> Mutations.once(random, content, other);
          case 2 -> nested(random, field.number(), content);
          default -> once(random, content, other);
        };
    byte[] length = varint(random.nextInt(16) == 0 ? number(random) : changed.length);
    return new Field(
        field.number(),
        field.wireType(),
        Mutations.joined(length, length.length, changed, length.length));
  }

  private static byte[] nested(Random random, int number, byte[] content) {
    byte[] nested = content;
    for (int depth = random.nextInt(NESTING_MAX); depth > 0; depth--) {
      byte[] length = varint(nested.length);
      byte[] value = Mutations.joined(length, length.length, nested, length.length);
      nested = bytes(List.of(new Field(number, WireFormat.WIRETYPE_LENGTH_DELIMITED, value)));
    }
    return nested;
  }

  private static long number(Random random) {
    return Mutations.NUMBERS[random.nextInt(Mutations.NUMBERS.length)];
  }

  /// The fields up to the first place that makes none.
  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(message);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int from = in.getTotalBytesRead();
        if (!in.skipField(tag)) {
          return fields;
        }
        byte[] value = java.util.Arrays.copyOfRange(message, from, in.getTotalBytesRead());
        fields.add(
            new Field(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag), value));
      }
    } catch (IOException e) {
      // Mutated before: what was read so far is what there is.
      return fields;
    }
    return fields;
  }

  /// What stands behind the length.
  private static byte[] content(byte[] value) {
    int at = 0;
    while (at < value.length && value[at] < 0) {
      at++;
    }
    return java.util.Arrays.copyOfRange(value, Math.min(at + 1, value.length), value.length);
  }

  private static byte[] bytes(List<Field> fields) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (Field field : fields) {
      message.writeBytes(varint((long) field.number() << 3 | field.wireType()));
      message.writeBytes(field.value());
    }
    return message.toByteArray();
  }

  private static byte[] varint(long number) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }
}
