package io.kindred.app.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A request of HTTP, as a line of the corpus has it: `POST /v1/tables {"name":"t"}`.
record RestInput(String method, String path, byte[] body) {
  static RestInput parse(String line) {
    List<String> parts = List.of(line.split(" ", 3));
    String body = parts.size() < 3 ? "" : parts.get(2);
    return new RestInput(parts.get(0), parts.get(1), body.getBytes(StandardCharsets.UTF_8));
  }

  /// As a client of HTTP/1.1 would send it.
  byte[] raw() {
    byte[] head =
        "%s %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            .formatted(method, path, body.length)
            .getBytes(StandardCharsets.UTF_8);
    return Mutations.joined(head, head.length, body, head.length);
  }

  @Override
  public String toString() {
    return method + " " + path + " " + Mutations.escaped(body);
  }
}
