package io.kindred.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.kindred.app.fuzz.FuzzedServer.State;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.SearchServiceGrpc;
import io.kindred.protocol.v1.TableServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages of gRPC, mutated, to every method of every service: each is answered, none by a failure
/// of the server's own, and one that is refused changes nothing.
final class GrpcFuzzTest {
  private static final Set<Code> ANSWERS =
      EnumSet.of(
          Code.OK,
          Code.INVALID_ARGUMENT,
          Code.NOT_FOUND,
          Code.ALREADY_EXISTS,
          Code.ABORTED,
          Code.FAILED_PRECONDITION,
          Code.UNIMPLEMENTED);

  private static final int CALL_SECONDS_MAX = 20;

  private static final Map<String, MethodDescriptor<?, ?>> METHODS =
      Stream.of(
              TableServiceGrpc.getServiceDescriptor(),
              RowServiceGrpc.getServiceDescriptor(),
              SearchServiceGrpc.getServiceDescriptor(),
              EmbeddingStoreGrpc.getServiceDescriptor())
          .map(ServiceDescriptor::getMethods)
          .flatMap(java.util.Collection::stream)
          .collect(Collectors.toMap(MethodDescriptor::getFullMethodName, Function.identity()));

  private final Corpus<Call> corpus =
      new Corpus<>(Corpus.lines("grpc.txt").entries().stream().map(Call::parse).toList());

  @TempDir Path directory;
  private FuzzedServer server;
  private ManagedChannel channel;

  /// A method, and the messages that it is sent: one, unless it takes a stream.
  private record Call(String method, List<byte[]> messages) {
    static Call parse(String line) {
      int end = line.indexOf(' ');
      String method = end < 0 ? line : line.substring(0, end);
      MethodDescriptor<?, ?> descriptor = METHODS.get(method);
      if (descriptor == null) {
        throw new IllegalArgumentException(
            "method: " + method + " (expected: one of " + METHODS.keySet());
      }
      PrototypeMarshaller<?> marshaller =
          (PrototypeMarshaller<?>) descriptor.getRequestMarshaller();
      Message prototype =
          (Message) java.util.Objects.requireNonNull(marshaller.getMessagePrototype());
      Message.Builder message = prototype.newBuilderForType();
      try {
        TextFormat.getParser().merge(end < 0 ? "" : line.substring(end), message);
      } catch (TextFormat.ParseException e) {
        throw new IllegalArgumentException("line: " + line, e);
      }
      return new Call(method, List.of(message.build().toByteArray()));
    }

    boolean isStream() {
      MethodDescriptor<?, ?> descriptor = METHODS.get(method);
      return descriptor != null && descriptor.getType() == MethodType.BIDI_STREAMING;
    }

    @Override
    public String toString() {
      return method + " " + messages.stream().map(Mutations::escaped).toList();
    }
  }

  @BeforeEach
  void start() {
    server = new FuzzedServer(directory);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.server.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void theCorpusHasEveryMethod() {
    Set<String> methods = new HashSet<>();
    corpus.entries().forEach(call -> methods.add(call.method()));
    assertThat(methods).containsExactlyInAnyOrderElementsOf(METHODS.keySet());
  }

  @Test
  void everyMessageIsAnsweredAndWhatIsRefusedChangesNothing() {
    new Fuzzer("grpc", 5_000).run(this::mutated, this::feed);
  }

  private Call mutated(Random random) {
    Call call = corpus.any(random);
    List<byte[]> messages = new ArrayList<>();
    for (int i = call.isStream() ? 1 + random.nextInt(4) : 1; i > 0; i--) {
      messages.add(
          ProtobufMutations.of(
              random, call.messages().getFirst(), corpus.any(random).messages().getFirst()));
    }
    return new Call(call.method(), messages);
  }

  private void feed(Call call) throws Exception {
    server.prepare();
    if (call.isStream()) {
      // Its batches stand for themselves: those before the bad one are stored.
      requireAnswer(stream(call));
      return;
    }
    // A batch of a stream that ended may still be under way, so what changes the first time is
    // given
    // a second.
    if (!isHarmless(call)) {
      assertThat(isHarmless(call)).isTrue();
    }
  }

  /// Whether what was refused has changed nothing. What is not there, or is there already, is found
  /// out behind the log.
  private boolean isHarmless(Call call) {
    State before = server.state();
    Status status = unary(call);
    requireAnswer(status);
    return switch (status.getCode()) {
      case OK -> true;
      case INVALID_ARGUMENT ->
          RestFuzzTest.isFoundBehindTheLog(String.valueOf(status.getDescription()))
              ? server.state().digest() == before.digest()
              : server.state().equals(before);
      default -> server.state().digest() == before.digest();
    };
  }

  private static void requireAnswer(Status status) {
    assertThat(status.getCode()).as("%s", status).isIn(ANSWERS);
    if (!status.isOk()) {
      assertThat(status.getDescription()).isNotEmpty();
    }
  }

  private Status unary(Call call) {
    try {
      ClientCalls.blockingUnaryCall(
          channel,
          raw(call),
          CallOptions.DEFAULT.withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS),
          call.messages().getFirst());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private Status stream(Call call) throws Exception {
    Answers answers = new Answers();
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(raw(call), CallOptions.DEFAULT), answers);
    call.messages().forEach(requests::onNext);
    requests.onCompleted();
    Status status = answers.end.get(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    assertThat(answers.texts).noneMatch(text -> text.contains("internal error"));
    return status;
  }

  private static MethodDescriptor<byte[], byte[]> raw(Call call) {
    return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
        .setFullMethodName(call.method())
        .setType(call.isStream() ? MethodType.BIDI_STREAMING : MethodType.UNARY)
        .build();
  }

  /// The path past the gRPC library, which reads the frame of a message by itself.
  @Test
  void aFrameOfGetVectorsIsAnsweredWhateverItSays() {
    Call call =
        corpus.entries().stream()
            .filter(entry -> entry.method().equals("kindred.v1.RowService/GetVectors"))
            .findFirst()
            .orElseThrow();
    new Fuzzer("frame", 500)
        .run(
            random -> {
              byte[] message =
                  ProtobufMutations.of(random, call.messages().getFirst(), new byte[] {1});
              byte[] frame =
                  ByteBuffer.allocate(5 + message.length)
                      .put((byte) 0)
                      .putInt(message.length)
                      .put(message)
                      .array();
              return random.nextInt(3) == 0 ? frame : Mutations.once(random, frame, frame);
            },
            this::feedFrame);
  }

  private void feedFrame(byte[] frame) {
    server.prepare();
    State before = server.state();
    AggregatedHttpResponse answer =
        server
            .web
            .execute(
                RequestHeaders.of(
                    HttpMethod.POST,
                    "/kindred.v1.RowService/GetVectors",
                    "content-type",
                    "application/grpc+proto",
                    "te",
                    "trailers"),
                frame)
            .aggregate()
            .join();
    String status =
        answer.trailers().get("grpc-status", answer.headers().get("grpc-status", "none"));
    assertThat(status).as("%s", answer).isIn("0", "3", "5", "10");
    assertThat(server.state()).isEqualTo(before);
  }

  /// What a stream answers, and how it ends.
  private static final class Answers implements StreamObserver<byte[]> {
    private final List<String> texts = new ArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(byte[] message) {
      texts.add(new String(message, StandardCharsets.UTF_8));
    }

    @Override
    public void onError(Throwable thrown) {
      end.complete(Status.fromThrowable(thrown));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  /// Messages as they are.
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
