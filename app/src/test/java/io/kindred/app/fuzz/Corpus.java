package io.kindred.app.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// The inputs that mutation starts from, kept beside this class among the test's resources. What
/// once did harm is among them. Immutable.
final class Corpus<E> {
  private final List<E> entries;

  Corpus(List<E> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries: none (expected: at least one)");
    }
    this.entries = List.copyOf(entries);
  }

  /// A corpus of texts, one a line; lines that start with # say something about the next ones.
  static Corpus<String> lines(String resource) {
    return new Corpus<>(
        new String(bytes(resource), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList());
  }

  /// A corpus of whole files.
  static Corpus<byte[]> files(String... resources) {
    return new Corpus<>(java.util.Arrays.stream(resources).map(Corpus::bytes).toList());
  }

  static byte[] bytes(String resource) {
    try (InputStream in = Corpus.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "resource: " + resource + " (expected: one that exists)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  E any(Random random) {
    return entries.get(random.nextInt(entries.size()));
  }

  List<E> entries() {
    return entries;
  }
}
