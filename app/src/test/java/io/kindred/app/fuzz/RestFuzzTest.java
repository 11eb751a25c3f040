package io.kindred.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.kindred.app.fuzz.FuzzedServer.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests of HTTP, mutated: each is answered, none by a failure of the server's own, and one that
/// is refused changes nothing.
final class RestFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONNECTION_MILLIS_MAX = 20_000;

  @TempDir Path directory;

  @Test
  void everyRequestIsAnsweredAndWhatIsRefusedChangesNothing() {
    Corpus<String> corpus = Corpus.lines("rest.txt");
    try (FuzzedServer server = new FuzzedServer(directory)) {
      new Fuzzer("rest", 6_000)
          .run(
              random ->
                  mutated(
                      random,
                      RestInput.parse(corpus.any(random)),
                      RestInput.parse(corpus.any(random))),
              input -> feed(server, input));
    }
  }

  private static RestInput mutated(Random random, RestInput input, RestInput other) {
    byte[] body =
        switch (random.nextInt(8)) {
          case 0 -> input.body();
          case 1 -> Mutations.of(random, input.body(), other.body());
          default -> JsonMutations.of(random, input.body(), other.body());
        };
    String path =
        random.nextInt(5) == 0 ? mutatedPath(random, input.path(), other.path()) : input.path();
    return new RestInput(random.nextInt(40) == 0 ? other.method() : input.method(), path, body);
  }

  /// Another path that a client of HTTP would send: whatever a segment or a value holds is encoded.
  /// This client sends no control characters; the other test does.
  private static String mutatedPath(Random random, String path, String other) {
    String[] parts = (random.nextInt(4) == 0 ? other : path).split("/", -1);
    int at = 1 + random.nextInt(parts.length - 1);
    byte[] bytes =
        Mutations.of(random, parts[at].getBytes(StandardCharsets.UTF_8), Mutations.text(random));
    String text = new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "_");
    int query = text.indexOf('?');
    parts[at] =
        query < 0
            ? encoded(text)
            : encoded(text.substring(0, query)) + "?topK=" + encoded(text.substring(query + 1));
    return String.join("/", parts);
  }

  private static String encoded(String text) {
    String whole = text.length() > 600 ? text.substring(0, 600) : text;
    return URLEncoder.encode(whole, StandardCharsets.UTF_8).replace("%3A", ":");
  }

  private static void feed(FuzzedServer server, RestInput input) throws IOException {
    server.prepare();
    State before = server.state();
    AggregatedHttpResponse answer = server.send(input);
    int status = answer.status().code();
    String text = answer.contentUtf8();
    assertThat(status).as(text).isLessThan(500);
    if (status >= 400) {
      JsonNode error = JSON.readTree(text).path("error");
      assertThat(error.path("code").asText()).as(text).isNotEmpty();
      assertThat(error.path("message").asText()).as(text).isNotEmpty();
    }
    if (status == 404 || isNothingWritten(text) || isFoundBehindTheLog(text)) {
      assertThat(server.state().digest()).as(text).isEqualTo(before.digest());
    } else if (status >= 400) {
      assertThat(server.state()).as(text).isEqualTo(before);
    }
  }

  /// Whether it took a record of the log to find out: what is not there, has another version, or
  /// was done before is known when the record is applied.
  static boolean isFoundBehindTheLog(String message) {
    return message.contains("operation_id: that of another request");
  }

  private static boolean isNothingWritten(String text) {
    return text.startsWith("{\"put\":0,") || text.startsWith("{\"updated\":0,");
  }

  /// Reads only: a write may still be under way when its connection has ended.
  @Test
  void whatIsHardlyHttpIsAnsweredOrItsConnectionEnded() {
    Corpus<String> corpus =
        new Corpus<>(
            Corpus.lines("rest.txt").entries().stream().filter(RestFuzzTest::isRead).toList());
    try (FuzzedServer server = new FuzzedServer(directory)) {
      new Fuzzer("http", 500)
          .run(
              random ->
                  Mutations.of(
                      random,
                      RestInput.parse(corpus.any(random)).raw(),
                      RestInput.parse(corpus.any(random)).raw()),
              input -> feedRaw(server, input));
    }
  }

  private static boolean isRead(String line) {
    return Stream.of("GET ", "rows:get", "rows:scan", ":search").anyMatch(line::contains);
  }

  private static void feedRaw(FuzzedServer server, byte[] input) throws IOException {
    server.prepare();
    State before = server.state();
    String answer;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
      socket.setSoTimeout(CONNECTION_MILLIS_MAX);
      socket.getOutputStream().write(input);
      socket.shutdownOutput();
      answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      answer = "connection ended: " + e.getMessage();
    }
    assertThat(answer).doesNotStartWith("HTTP/1.1 5");
    assertThat(server.state()).as(answer).isEqualTo(before);
    assertThat(server.web.get("/health/live").aggregate().join().status().code()).isEqualTo(200);
  }
}
