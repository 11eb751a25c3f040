package io.kindred.stream.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kindred.engine.KindredException;
import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition.Format;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events as Protobuf messages, all of one type. A field without presence is always there, with its
/// default where the event does not hold it.
final class ProtobufDecoder implements Decoder {
  private static final String TIMESTAMP = "google.protobuf.Timestamp";

  private final DeclaredFields fields;
  private final Descriptor descriptor;

  private ProtobufDecoder(DeclaredFields fields, Descriptor descriptor) {
    this.fields = fields;
    this.descriptor = descriptor;
  }

  /// @throws KindredException where the descriptors cannot be read, or lack the message or a
  ///   declared field
  static ProtobufDecoder of(DeclaredFields fields, Format.Protobuf format) {
    Descriptor descriptor = find(files(format.descriptorFile()), format.message());
    for (DeclaredField field : fields.fields()) {
      requireField(descriptor, field, format.message());
    }
    return new ProtobufDecoder(fields, descriptor);
  }

  private static Map<String, FileDescriptor> files(Text file) {
    try {
      FileDescriptorSet set =
          FileDescriptorSet.parseFrom(Files.readAllBytes(Path.of(file.value())));
      Map<String, FileDescriptor> built = new LinkedHashMap<>();
      // protoc writes each file behind those that it imports.
      for (FileDescriptorProto proto : set.getFileList()) {
        FileDescriptor[] imports =
            proto.getDependencyList().stream()
                .map(built::get)
                .filter(java.util.Objects::nonNull)
                .toArray(FileDescriptor[]::new);
        built.put(proto.getName(), FileDescriptor.buildFrom(proto, imports));
      }
      return built;
    } catch (IOException | InvalidPathException | DescriptorValidationException e) {
      KindredException problem =
          file.problem(
              "what protoc --include_imports --descriptor_set_out writes; " + e.getMessage());
      problem.initCause(e);
      throw problem;
    }
  }

  private static Descriptor find(Map<String, FileDescriptor> files, Text message) {
    for (FileDescriptor file : files.values()) {
      for (Descriptor type : file.getMessageTypes()) {
        if (type.getFullName().equals(message.value())) {
          return type;
        }
      }
    }
    throw message.problem("the full name of a message in the descriptor file");
  }

  private static void requireField(Descriptor message, DeclaredField field, Text place) {
    Descriptor at = message;
    String[] names = field.from().split("\\.", -1);
    for (int i = 0; i < names.length; i++) {
      FieldDescriptor found = at.findFieldByName(names[i]);
      boolean isLast = i == names.length - 1;
      if (found == null
          || (!isLast
              && (found.getJavaType() != FieldDescriptor.JavaType.MESSAGE || found.isRepeated()))) {
        throw place.problem("a message with the field " + field.from());
      }
      if (!isLast) {
        at = found.getMessageType();
      }
    }
  }

  @Override
  public void decode(Event event) throws EventFaultException {
    DynamicMessage message;
    try {
      message = DynamicMessage.parseFrom(descriptor, event.source().value());
    } catch (InvalidProtocolBufferException e) {
      throw new EventFaultException(
          Fault.MALFORMED,
          "event: " + e.getMessage() + " (expected: a message " + descriptor.getFullName() + ")");
    }
    read(message, fields.tree(), event);
    fields.requireAll(event);
  }

  private static void read(Message message, NameTree tree, Event event) throws EventFaultException {
    for (var entry : tree.below().entrySet()) {
      FieldDescriptor position = message.getDescriptorForType().findFieldByName(entry.getKey());
      boolean isThere =
          position != null
              && (position.isRepeated() || !position.hasPresence() || message.hasField(position));
      if (!isThere) {
        continue;
      }
      Object value = message.getField(position);
      DeclaredField field = entry.getValue().field();
      if (field != null) {
        field.accept(plain(value), event);
      } else {
        read((Message) value, entry.getValue(), event);
      }
    }
  }

  private static @Nullable Object plain(Object value) {
    return switch (value) {
      case ByteString bytes -> PackedFloats.read(bytes.asReadOnlyByteBuffer());
      case EnumValueDescriptor constant -> constant.getName();
      case Message message when message.getDescriptorForType().getFullName().equals(TIMESTAMP) ->
          instant(message);
      default -> value;
    };
  }

  private static Instant instant(Message timestamp) {
    Descriptor type = timestamp.getDescriptorForType();
    return Instant.ofEpochSecond(
        (Long) timestamp.getField(type.findFieldByName("seconds")),
        (Integer) timestamp.getField(type.findFieldByName("nanos")));
  }
}
