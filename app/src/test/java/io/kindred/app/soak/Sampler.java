package io.kindred.app.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kindred.app.KindredProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// Looks at a server again and again, and writes what it sees to a file as it goes. Owned by one
/// thread.
final class Sampler implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KindredProcess server;
  private final Path data;
  private final Latencies writes;
  private final Latencies searches;
  private final Writer out;
  private final URI statistics;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Sample> samples = new ArrayList<>();

  /// @param file takes a line for each sample
  Sampler(KindredProcess server, Path data, Path file, Latencies writes, Latencies searches)
      throws IOException {
    this.server = server;
    this.data = data;
    this.writes = writes;
    this.searches = searches;
    this.statistics = URI.create(server.uri() + "/v1/stats");
    Files.createDirectories(file.toAbsolutePath().getParent());
    this.out = Files.newBufferedWriter(file);
  }

  /// Takes samples until the end, the first after one interval.
  List<Sample> run(Duration interval, BooleanSupplier isOver) {
    Pace pace = new Pace(1e9 / interval.toNanos());
    long started = pace.next();
    while (!isOver.getAsBoolean()) {
      pace.next();
      take((System.nanoTime() - started) / 1e9);
    }
    return samples;
  }

  private void take(double seconds) {
    try {
      JsonNode stats =
          JSON.readTree(
              http.send(
                      HttpRequest.newBuilder(statistics).timeout(Duration.ofSeconds(60)).build(),
                      BodyHandlers.ofString())
                  .body());
      List<String> memory =
          Files.readAllLines(
              Path.of("/proc", Long.toString(server.process().pid()), "smaps_rollup"));
      Sample sample =
          new Sample(
              seconds,
              bytes(memory, "Rss:"),
              bytes(memory, "Anonymous:"),
              sizeBytes(data),
              stats.path("tables").path(0).path("row_count").asLong(),
              writes.take(),
              searches.take(),
              stats);
      samples.add(sample);
      out.write(sample.json() + "\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  /// Bytes of all files; one that is deleted meanwhile does not count.
  private static long sizeBytes(Path directory) throws IOException {
    AtomicLong sum = new AtomicLong();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum.get();
  }

  @Override
  public void close() throws IOException {
    out.close();
    http.close();
  }
}
