package io.kindred.app;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/// A receiver of spans in OTLP, over HTTP or gRPC, as collectors are. Thread-safe.
///
/// Reads the messages by the numbers of their fields in `opentelemetry/proto/trace/v1/trace.proto`.
final class TraceReceiver implements AutoCloseable {
  private static final String EXPORT = "opentelemetry.proto.collector.trace.v1.TraceService/Export";

  private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
  private final int port;
  private final Runnable stop;

  private TraceReceiver(Function<TraceReceiver, Listening> listen) {
    Listening listening = listen.apply(this);
    this.port = listening.port();
    this.stop = listening.stop();
  }

  private record Listening(int port, Runnable stop) {}

  static TraceReceiver overHttp() {
    return new TraceReceiver(TraceReceiver::listenToHttp);
  }

  static TraceReceiver overGrpc() {
    return new TraceReceiver(TraceReceiver::listenToGrpc);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private Listening listenToHttp() {
    try {
      HttpServer server = HttpServer.create(anyPort(), 0);
      server.createContext("/v1/traces", this::receive);
      server.start();
      return new Listening(server.getAddress().getPort(), () -> server.stop(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Listening listenToGrpc() {
    MethodDescriptor<byte[], byte[]> export =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodType.UNARY)
            .setFullMethodName(EXPORT)
            .build();
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(export.getServiceName())
            .addMethod(
                export,
                ServerCalls.asyncUnaryCall(
                    (request, answer) -> {
                      take(new ByteArrayInputStream(request));
                      answer.onNext(new byte[0]);
                      answer.onCompleted();
                    }))
            .build();
    try {
      Server server = NettyServerBuilder.forAddress(anyPort()).addService(service).build().start();
      return new Listening(server.getPort(), server::shutdownNow);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Messages as they are.
  private record Bytes() implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// @param trace in hex, as are the spans' own ids
  /// @param parent empty for none
  record ReceivedSpan(String service, String trace, String id, String parent, String name) {}

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body =
            "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))
                ? new GZIPInputStream(exchange.getRequestBody())
                : exchange.getRequestBody()) {
      take(body);
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /// @param request an `ExportTraceServiceRequest`
  private void take(InputStream request) {
    try {
      for (UnknownFieldSet resource : messages(UnknownFieldSet.parseFrom(request), 1)) {
        String service = service(resource);
        for (UnknownFieldSet scope : messages(resource, 2)) {
          messages(scope, 2).forEach(span -> spans.add(span(service, span)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String service(UnknownFieldSet resourceSpans) throws IOException {
    for (UnknownFieldSet resource : messages(resourceSpans, 1)) {
      for (UnknownFieldSet attribute : messages(resource, 1)) {
        if (bytes(attribute, 1).toStringUtf8().equals("service.name")) {
          return bytes(messages(attribute, 2).getFirst(), 1).toStringUtf8();
        }
      }
    }
    return "";
  }

  private static ReceivedSpan span(String service, UnknownFieldSet span) {
    return new ReceivedSpan(
        service, hex(span, 1), hex(span, 2), hex(span, 4), bytes(span, 5).toStringUtf8());
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field)
      throws IOException {
    List<UnknownFieldSet> messages = new ArrayList<>();
    for (ByteString bytes : message.getField(field).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(bytes));
    }
    return messages;
  }

  private static ByteString bytes(UnknownFieldSet message, int field) {
    List<ByteString> values = message.getField(field).getLengthDelimitedList();
    return values.isEmpty() ? ByteString.EMPTY : values.getLast();
  }

  private static String hex(UnknownFieldSet message, int field) {
    return HexFormat.of().formatHex(bytes(message, field).toByteArray());
  }

  /// Where exporters are told to send.
  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /// What came so far.
  List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  @Override
  public void close() {
    stop.run();
  }
}
