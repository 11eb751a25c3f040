package io.kindred.engine.segment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/// Bytes that every later release has to read, as hex text beside the test.
public final class Golden {
  private Golden() {}

  /// The bytes of a resource; what follows a `#` in a line is a remark.
  public static byte[] bytes(Class<?> test, String name) throws IOException {
    try (InputStream resource = test.getResourceAsStream(name)) {
      String text =
          new String(
              Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("#.*", "").replaceAll("\\s", ""));
    }
  }
}
