package io.kindred.bench.compare;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.vectors.BenchCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The program that measures other engines, built from its source.
final class Peers {
  private static final Map<String, String> PACKAGE_OF_HEADER = packageOfHeader();

  private Peers() {}

  private static Map<String, String> packageOfHeader() {
    Map<String, String> packages = new LinkedHashMap<>();
    packages.put("hnswlib/hnswlib.h", "libhnswlib-dev");
    packages.put("faiss/IndexFlat.h", "libfaiss-dev");
    packages.put("cblas.h", "libopenblas-dev");
    return packages;
  }

  /// Builds the program, unless the same source was built before.
  ///
  /// @throws BadInputException where the source or Debian packages are missing, naming them
  static Path build(Path source) {
    if (!Files.isRegularFile(source)) {
      throw new BadInputException("--peers", source, "ann_peers.cpp");
    }
    try {
      UUID version = UUID.nameUUIDFromBytes(Files.readAllBytes(source));
      Path program = BenchCache.directory().resolve("ann_peers-" + version);
      if (Files.isExecutable(program)) {
        return program;
      }
      requirePackages();
      List<String> command =
          List.of(
              "g++",
              "-O3",
              "-march=native",
              "-fopenmp",
              source.toString(),
              "-o",
              program.toString(),
              "-lfaiss",
              "-lopenblas");
      Output built = run(command);
      if (built.status() != 0) {
        throw new IllegalStateException(String.join(" ", command) + "\n" + built.text());
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requirePackages() throws IOException {
    List<String> missing = new ArrayList<>();
    boolean hasCompiler = hasCompiler();
    if (!hasCompiler) {
      missing.add("g++");
    }
    for (Map.Entry<String, String> header : PACKAGE_OF_HEADER.entrySet()) {
      if (hasCompiler ? !includes(header.getKey()) : !isInstalled(header.getKey())) {
        missing.add(header.getValue());
      }
    }
    if (!missing.isEmpty()) {
      throw new BadInputException(
          "Debian packages missing: %s (expected: apt-get install -y %s)"
              .formatted(String.join(", ", missing), String.join(" ", missing)));
    }
  }

  private static boolean hasCompiler() throws IOException {
    try {
      return run(List.of("g++", "--version")).status() == 0;
    } catch (IOException e) {
      // Java's way of saying that there is no such program.
      if (String.valueOf(e.getMessage()).contains("error=2")) {
        return false;
      }
      throw e;
    }
  }

  private static boolean includes(String header) throws IOException {
    Path probe = Files.createTempFile("kindred-bench-", ".cpp");
    try {
      Files.writeString(probe, "#include <" + header + ">\n");
      return run(List.of("g++", "-E", "-o", "/dev/null", probe.toString())).status() == 0;
    } finally {
      Files.delete(probe);
    }
  }

  private static boolean isInstalled(String header) {
    return Files.exists(Path.of("/usr/include", header));
  }

  private record Output(int status, String text) {}

  private static Output run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    try {
      return new Output(process.waitFor(), text);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
