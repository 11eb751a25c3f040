package io.kindred.stream.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProtobufDecoderTest {
  @TempDir private Path directory;

  private static FieldDescriptorProto field(
      String name, int number, FieldDescriptorProto.Type type, FieldDescriptorProto.Label label) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(label)
        .build();
  }

  private static FileDescriptorProto file() {
    FieldDescriptorProto at =
        field(
                "at",
                4,
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_OPTIONAL)
            .toBuilder()
            .setTypeName(".google.protobuf.Timestamp")
            .build();
    return FileDescriptorProto.newBuilder()
        .setName("event.proto")
        .setPackage("shop")
        .setSyntax("proto3")
        .addDependency("google/protobuf/timestamp.proto")
        .addMessageType(
            DescriptorProto.newBuilder()
                .setName("Interaction")
                .addField(
                    field(
                        "user",
                        1,
                        FieldDescriptorProto.Type.TYPE_STRING,
                        FieldDescriptorProto.Label.LABEL_OPTIONAL))
                .addField(
                    field(
                        "count",
                        2,
                        FieldDescriptorProto.Type.TYPE_INT64,
                        FieldDescriptorProto.Label.LABEL_OPTIONAL))
                .addField(
                    field(
                        "vec",
                        3,
                        FieldDescriptorProto.Type.TYPE_FLOAT,
                        FieldDescriptorProto.Label.LABEL_REPEATED))
                .addField(at))
        .build();
  }

  private DecoderFixture fixture(String fields) throws IOException {
    FileDescriptorSet set =
        FileDescriptorSet.newBuilder()
            .addFile(TimestampProto.getDescriptor().toProto())
            .addFile(file())
            .build();
    Path path = Files.write(directory.resolve("event.desc"), set.toByteArray());
    return new DecoderFixture(
        "format: protobuf\ndescriptor_file: "
            + path
            + "\nmessage: shop.Interaction\nfields: "
            + fields);
  }

  private static DynamicMessage.Builder event() throws Exception {
    Descriptor type =
        FileDescriptor.buildFrom(file(), new FileDescriptor[] {TimestampProto.getDescriptor()})
            .findMessageTypeByName("Interaction");
    DynamicMessage.Builder event = DynamicMessage.newBuilder(type);
    event.setField(type.findFieldByName("user"), "u");
    event.addRepeatedField(type.findFieldByName("vec"), 1f);
    event.addRepeatedField(type.findFieldByName("vec"), 2f);
    event.setField(
        type.findFieldByName("at"), Timestamp.newBuilder().setSeconds(100).setNanos(5000).build());
    return event;
  }

  @Test
  void fieldsAreReadByTheDescriptor() throws Exception {
    DecoderFixture fixture =
        fixture("{user: string, count: int64, vec: {type: vector, dimension: 2}, at: timestamp}\n");
    Event event = fixture.decode(event().build().toByteArray());

    assertThat(fixture.value(event, "user")).isEqualTo(Value.of("u"));
    assertThat(fixture.value(event, "count")).isEqualTo(Value.of(0L));
    assertThat((float[]) fixture.value(event, "vec")).containsExactly(1, 2);
    assertThat(fixture.value(event, "at")).isEqualTo(new Value.Timestamp(100_000_005));
  }

  @Test
  void whatIsNoSuchMessageIsMalformed() throws Exception {
    DecoderFixture fixture = fixture("{user: string, at: {type: timestamp, required: true}}\n");

    assertThatThrownBy(() -> fixture.decode(new byte[] {(byte) 0xFF, 1}))
        .isInstanceOfSatisfying(
            EventFaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MALFORMED));
    assertThatThrownBy(() -> fixture.decode(new byte[0]))
        .hasMessage("at: missing (expected: a value)");
  }

  @Test
  void aDescriptorWithoutTheMessageOrAFieldIsRefused() throws IOException {
    assertThatThrownBy(() -> fixture("{user: string, item: string}\n"))
        .hasMessageContaining("shop.Interaction (expected: a message with the field item)");
    Path path = Files.writeString(directory.resolve("x.desc"), "nonsense");
    assertThatThrownBy(
            () ->
                new DecoderFixture(
                    "format: protobuf\ndescriptor_file: "
                        + path
                        + "\nmessage: M\nfields: {user: string}\n"))
        .hasMessageContaining("x.desc (expected: what protoc --include_imports ");
  }
}
