package io.kindred.app;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/// A receiver of spans in OTLP over HTTP, as collectors are. Thread-safe.
///
/// Reads the messages by the numbers of their fields in `opentelemetry/proto/trace/v1/trace.proto`.
final class TraceReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();

  TraceReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
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
      for (UnknownFieldSet resource : messages(UnknownFieldSet.parseFrom(body), 1)) {
        String service = service(resource);
        for (UnknownFieldSet scope : messages(resource, 2)) {
          messages(scope, 2).forEach(span -> spans.add(span(service, span)));
        }
      }
      exchange.sendResponseHeaders(200, -1);
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
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// What came so far.
  List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
